extension HTTPFields {
    /// When the server says that it answered, to the second; `nil` without a readable `Date`.
    public var date: WallTime? { self["Date"].flatMap(HTTPDate.parse) }
}
