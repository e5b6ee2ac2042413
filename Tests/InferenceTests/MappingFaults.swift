import Domain
import Glibc
import Testing

@testable import Inference

/// The system's mapping calls, counted, and refused after a while.
final class MappingFaults {
    /// Further calls that succeed.
    var mapsLeft = Int.max
    var unmapsLeft = Int.max
    private(set) var maps = 0

    /// What an executor or a pool takes as its way to the system.
    var mapping: PagePool.Mapping {
        PagePool.Mapping(
            map: { [self] (file, offset, address, size) throws(Platform.Failure) in
                mapsLeft -= 1
                guard mapsLeft >= 0 else { throw Platform.Failure("mmap") }
                maps += 1
                try Platform.map(file, offset: offset, at: address, size: size)
            },
            unmap: { [self] (address, size) throws(Platform.Failure) in
                unmapsLeft -= 1
                guard unmapsLeft >= 0 else { throw Platform.Failure("munmap") }
                try Platform.unmap(at: address, size: size)
            })
    }

    /// All calls succeed from now on, counted from zero.
    func reset() {
        mapsLeft = .max
        unmapsLeft = .max
        maps = 0
    }
}

extension PagePool {
    /// The memory file's own number in the system.
    private var fileStatus: stat {
        var status = stat()
        fstat(descriptor, &status)
        return status
    }

    /// Memory that the system has given to the file.
    var allocatedBytes: Int { Int(fileStatus.st_blocks) * 512 }

    /// Where the system shows which page of the file, by the address of the place.
    func systemMappings() throws -> [UInt: Int] {
        var pages: [UInt: Int] = [:]
        let inode = "\(fileStatus.st_ino)"
        for line in try systemFile("/proc/self/maps").split(separator: "\n") {
            guard line.contains("memfd:kunserve") else { continue }
            let fields = line.split(separator: " ")
            guard fields[4] == inode, let offset = Int(fields[2], radix: 16) else { continue }
            let bounds = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            for place in 0..<Int(bounds[1] - bounds[0]) / pageSize.bytes {
                pages[bounds[0] + UInt(place * pageSize.bytes)] = offset / pageSize.bytes + place
            }
        }
        return pages
    }

    /// The books are right in themselves, and say what the system says.
    func expectBooksMatchSystem(sourceLocation: SourceLocation = #_sourceLocation) throws {
        checkInvariants()
        var shown = try systemMappings()
        for range in ranges.values {
            for (place, page) in range.pages.enumerated() {
                guard let page else { continue }
                let address = UInt(bitPattern: range.base + size(place))
                #expect(shown.removeValue(forKey: address) == page, sourceLocation: sourceLocation)
            }
        }
        for span in stale {
            for place in span.places {
                let address = UInt(bitPattern: span.range.base + size(place))
                #expect(shown.removeValue(forKey: address) != nil, sourceLocation: sourceLocation)
            }
        }
        #expect(shown.isEmpty, "mapped, but not in the books", sourceLocation: sourceLocation)
    }
}

/// A small text file that the kernel makes up.
func systemFile(_ path: String) throws -> String {
    let file = try #require(fopen(path, "r"))
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 {
        bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
}
