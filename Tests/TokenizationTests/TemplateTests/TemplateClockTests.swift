internal import Testing

@testable internal import Tokenization

@Suite struct TemplateClockTests {
    /// The expected texts are those of Python's `datetime.strftime`.
    @Test(arguments: [
        (2024, 2, 29, "%A %j %U %W %V %G %u %w", "Thursday 060 08 09 09 2024 4 4"),
        (2023, 1, 1, "%a %j %U %W %V %G %u %w", "Sun 001 01 00 52 2022 7 0"),
        (2021, 1, 3, "%a %d %b %Y|%V %G", "Sun 03 Jan 2021|53 2020"),
        (2018, 12, 31, "%B %e, %y|%V %G|%j", "December 31, 18|01 2019|365"),
        (2000, 1, 1, "%D %F %C%% %-d/%-m %Q", "01/01/00 2000-01-01 20% 1/1 %Q"),
    ])
    func formatsDates(_ year: Int, _ month: Int, _ day: Int, _ format: String, _ text: String) {
        let clock = TemplateClock(year: year, month: month, day: day)
        #expect(clock?.formatted(format) == text)
    }

    @Test func formatsTimes() {
        let noon = TemplateClock(year: 2026, month: 7, day: 4, hour: 12, minute: 5, second: 9)
        #expect(
            noon?.formatted("%H:%M:%S %I %p %T %R %r")
                == "12:05:09 12 PM 12:05:09 12:05 12:05:09 PM")
        let midnight = TemplateClock(year: 2026, month: 7, day: 4)
        #expect(midnight?.formatted("%I %p %-H %c") == "12 AM 0 Sat Jul  4 00:00:00 2026")
    }

    @Test func refusesWhatIsNoDate() {
        #expect(TemplateClock(year: 2023, month: 2, day: 29) == nil)
        #expect(TemplateClock(year: 1900, month: 2, day: 29) == nil)
        #expect(TemplateClock(year: 2000, month: 2, day: 29) != nil)
        #expect(TemplateClock(year: 2024, month: 13, day: 1) == nil)
        #expect(TemplateClock(year: 2024, month: 1, day: 1, hour: 24) == nil)
    }
}
