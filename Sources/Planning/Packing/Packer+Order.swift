internal import Domain

/// In which order sequences move.
extension Packer {
    /// The moves from where sequences were to where they are planned, in waves: all of a wave fit
    /// while the sources still hold them. Where moves wait for each other in a circle, one goes
    /// somewhere else for now; where it cannot, they stay, and the next plan finds them there.
    mutating func settle() -> [PackingMove] {
        var rest = placement.settle().map { each in
            PackingMove(
                sequence: SequenceID(index: each.resident), from: GroupID(index: each.from),
                to: target(of: each.resident), size: placement.residents[each.resident].size)
        }.sorted { ($1.size, $0.sequence) < ($0.size, $1.sequence) }
        var held = placement.sites.map { $0.used + $0.leaving }
        for move in rest {
            held[move.from.index] += move.size
            held[move.to.index] -= move.size
        }
        var plan: [PackingMove] = []
        var wave = 0
        while !rest.isEmpty {
            let count = plan.count
            rest = takeFitting(rest, wave: wave, into: &plan, held: &held)
            for move in plan[count...] { held[move.from.index] -= move.size }
            wave += 1
            if plan.count == count, !divertOne(of: &rest, held) { break }
        }
        for move in rest { placement.relocate(move.sequence.index, to: move.from.index) }
        _ = placement.settle()
        for move in plan {
            placement.residents[move.sequence.index].leaving = move.from.index
            placement.sites[move.from.index].leaving += move.size
        }
        return plan
    }

    private func takeFitting(
        _ moves: [PackingMove], wave: Int, into plan: inout [PackingMove],
        held: inout [BlockCount]
    ) -> [PackingMove] {
        moves.filter { move in
            let after = held[move.to.index] + move.size
            guard after <= placement.sites[move.to.index].capacity else { return true }
            held[move.to.index] = after
            var taken = move
            taken.wave = wave
            plan.append(taken)
            return false
        }
    }

    /// Sends the smallest move that can go there to the host in use with the most room.
    private mutating func divertOne(of moves: inout [PackingMove], _ held: [BlockCount]) -> Bool {
        for index in moves.indices.reversed() {
            let move = moves[index]
            var best: (site: Int, room: BlockCount)?
            for site in placement.sites.indices
            where placement.sites[site].isOpen && held[site] > 0 {
                let free = placement.sites[site].capacity - held[site]
                let room = min(free, self.room(at: site, .full))
                guard site != move.from.index, site != move.to.index, room >= move.size
                else { continue }
                if best.map({ $0.room < room }) ?? true { best = (site, room) }
            }
            guard let best else { continue }
            placement.relocate(move.sequence.index, to: best.site)
            moves[index].to = GroupID(index: best.site)
            return true
        }
        return false
    }

    private func target(of resident: Int) -> GroupID {
        guard let site = placement.site(of: resident) else {
            preconditionFailure("no sequence \(resident)")
        }
        return GroupID(index: site)
    }
}
