internal import Domain

extension SimulationResult {
    /// The names of the columns of `writeRequests`.
    package static let requestColumns =
        "number,arrival_s,input_tokens,output_tokens,outcome,queue_s,ttft_s,tpot_s,latency_s,"
        + "end_s,generated_tokens,preemptions,cached_tokens,priority,class\n"

    /// Appends one line for each of some requests; empty fields are what a request did not reach.
    /// Times are a client's, in seconds. Complexity: O(requests).
    package func writeRequests(_ numbers: Range<Int>, into text: inout [UInt8]) {
        for number in numbers {
            write(requests[number], arrivals[number], number, into: &text)
            text.append(UInt8(ascii: "\n"))
        }
    }

    private func write(
        _ request: SimulatedRequest, _ arrival: SimulatedArrival, _ number: Int,
        into text: inout [UInt8]
    ) {
        let comma = UInt8(ascii: ",")
        text.append(number: number)
        text.append(comma)
        text.append(seconds: arrival.time)
        for count in [arrival.inputTokens, arrival.outputTokens] {
            text.append(comma)
            text.append(number: count)
        }
        text.append(comma)
        text.append(contentsOf: request.outcome.rawValue.utf8)
        let end = request.ended.map { $0 - .zero + requestOverhead }
        for time in [
            request.queueTime, timeToFirstToken(request), request.timePerToken,
            latency(request), end,
        ] {
            text.append(comma)
            text.append(seconds: time)
        }
        for count in [
            request.outputTokens, request.preemptions, request.cachedTokens, arrival.priority,
        ] {
            text.append(comma)
            text.append(number: count)
        }
        text.append(comma)
        text.append(contentsOf: (arrival.serviceClass?.name ?? "").utf8)
    }
}
