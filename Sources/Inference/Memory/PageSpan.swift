/// Neighbouring places of one range.
package struct PageSpan {
    package var range: AddressRange
    package var places: Range<Int>

    package init(range: AddressRange, places: Range<Int>) {
        self.range = range
        self.places = places
    }
}
