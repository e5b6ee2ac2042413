/// A date and a time of day as a wall clock shows them, for `strftime_now`. The caller reads the
/// clock; rendering does not.
package struct TemplateClock: Hashable, Sendable {
    package let year: Int
    /// 1 to 12.
    package let month: Int
    /// 1 to 31.
    package let day: Int
    package let hour: Int
    package let minute: Int
    package let second: Int

    /// `nil` where the parts are no date and time of the years 1 to 9999.
    package init?(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0)
    {
        guard (1...9999).contains(year), (1...12).contains(month),
            (1...Self.dayCount(year: year, month: month)).contains(day),
            (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
        self.hour = hour
        self.minute = minute
        self.second = second
    }

    private static func isLeap(_ year: Int) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    private static func dayCount(year: Int, month: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// The days before this one in its year.
    private var dayOfYear: Int {
        (1..<month).reduce(day - 1) { $0 + Self.dayCount(year: year, month: $1) }
    }

    /// Days since Sunday. The first day of the year 1 was a Monday.
    private var weekday: Int {
        let past = year - 1
        return (past * 365 + past / 4 - past / 100 + past / 400 + dayOfYear + 1) % 7
    }
}

extension TemplateClock {
    private static let weekdays = [
        "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
    ]
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ]

    /// The date as C's `strftime` writes it in the C locale. An unknown conversion stays.
    func formatted(_ format: String) -> String {
        var result = ""
        var rest = format.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            guard scalar == "%", var conversion = rest.popFirst() else {
                result.unicodeScalars.append(scalar)
                continue
            }
            var isBare = false
            if conversion == "-", let next = rest.popFirst() {
                isBare = true
                conversion = next
            }
            if let text = convert(conversion) {
                let bare = text.drop { $0 == "0" || $0 == " " }
                result += isBare ? (bare.isEmpty ? "0" : String(bare)) : text
            } else {
                result += "%" + (isBare ? "-" : "") + String(conversion)
            }
        }
        return result
    }

    private func convert(_ conversion: Unicode.Scalar) -> String? {
        switch conversion {
        case "D", "x": formatted("%m/%d/%y")
        case "F": formatted("%Y-%m-%d")
        case "T", "X": formatted("%H:%M:%S")
        case "R": formatted("%H:%M")
        case "r": formatted("%I:%M:%S %p")
        case "c": formatted("%a %b %e %H:%M:%S %Y")
        case "n": "\n"
        case "t": "\t"
        case "%": "%"
        case "z", "Z": ""
        default: convertDate(conversion) ?? convertTime(conversion)
        }
    }

    private func convertDate(_ conversion: Unicode.Scalar) -> String? {
        switch conversion {
        case "Y": String(year)
        case "C": filled(year / 100)
        case "y": filled(year % 100)
        case "m": filled(month)
        case "B": Self.months[month - 1]
        case "b", "h": String(Self.months[month - 1].prefix(3))
        case "d": filled(day)
        case "e": filled(day, with: " ")
        case "j": filled(dayOfYear + 1, width: 3)
        case "A": Self.weekdays[weekday]
        case "a": String(Self.weekdays[weekday].prefix(3))
        case "w": String(weekday)
        case "u": String(weekday == 0 ? 7 : weekday)
        case "U": filled((dayOfYear + 7 - weekday) / 7)
        case "W": filled((dayOfYear + 7 - (weekday + 6) % 7) / 7)
        case "V": filled(isoWeek.week)
        case "G": String(isoWeek.year)
        case "g": filled(isoWeek.year % 100)
        default: nil
        }
    }

    private func convertTime(_ conversion: Unicode.Scalar) -> String? {
        switch conversion {
        case "H": filled(hour)
        case "k": filled(hour, with: " ")
        case "I": filled((hour + 11) % 12 + 1)
        case "l": filled((hour + 11) % 12 + 1, with: " ")
        case "M": filled(minute)
        case "S": filled(second)
        case "f": "000000"
        case "p": hour < 12 ? "AM" : "PM"
        case "P": hour < 12 ? "am" : "pm"
        default: nil
        }
    }

    /// The week by ISO 8601, which belongs to the year of its Thursday.
    private var isoWeek: (year: Int, week: Int) {
        let thursday = dayOfYear - (weekday + 6) % 7 + 3
        let length = Self.isLeap(year) ? 366 : 365
        if thursday < 0 {
            let past = Self.isLeap(year - 1) ? 366 : 365
            return (year - 1, (thursday + past) / 7 + 1)
        }
        return thursday >= length ? (year + 1, 1) : (year, thursday / 7 + 1)
    }

    private func filled(_ value: Int, width: Int = 2, with fill: String = "0") -> String {
        let digits = String(value)
        return String(repeating: fill, count: max(0, width - digits.utf8.count)) + digits
    }
}
