public import ExactJSON
internal import SalesdockFacts

/// Reads a list call, page by page where it has pages, and in one piece where it is one array.
///
/// Pages shift when records are made or deleted meanwhile: a record can come twice. Keep what is read by its id.
public struct PageReader: Sendable {
    /// Most pages read; more can only be a server that does not stop.
    static let pagesMax = 1_000_000

    private let client: SalesdockClient
    private let request: APIRequest
    private var place = PagePlace()

    init(client: SalesdockClient, request: APIRequest) {
        self.client = client
        self.request = request
    }

    /// The next page's records; `nil` after the last page.
    /// - Throws: as `SalesdockClient.read` does, and `badAnswer` for an answer that is not a list.
    public mutating func next() async throws(SalesdockError) -> [JSONValue]? {
        guard let page = place.next else { return nil }
        let data = try await client.read(page == 1 ? request : request.with("page", String(page)))
        return try place.take(data, name: request.call.name)
    }
}

/// Where a reading of pages is: a function of the pages so far.
struct PagePlace {
    /// The page to ask for; `nil` after the last.
    private(set) var next: Int? = 1

    /// Takes a page's `data`, gives its records, and moves on.
    mutating func take(_ data: JSONValue, name: String) throws(SalesdockError) -> [JSONValue] {
        guard let page = next else { return [] }
        if let records = data.array {
            next = nil
            return records
        }
        guard let records = data["data"]?.array else {
            throw SalesdockError(.badAnswer, "The answer to \(name) is not a list of records.")
        }
        if let current = data["current_page"]?.int, current != page {
            throw SalesdockError(
                .badAnswer, "The answer to \(name) is page \(current), but page \(page) was asked for.")
        }
        let isLast =
            if let last = data["last_page"]?.int { page >= last } else { data["next_page_url"].map(\.isNull) ?? true }
        next = isLast || records.isEmpty ? nil : page + 1
        if page >= PageReader.pagesMax {
            throw SalesdockError(.badAnswer, "The answer to \(name) goes on beyond \(PageReader.pagesMax) pages.")
        }
        return records
    }
}

extension SalesdockClient {
    /// Reads a list call page by page.
    public func pages(_ request: APIRequest) -> PageReader { PageReader(client: self, request: request) }

    /// Reads all of a list call into memory, each id once, in the order of first appearance.
    public func all(_ request: APIRequest) async throws(SalesdockError) -> [JSONValue] {
        var reader = pages(request)
        var places: [Int: Int] = [:]
        var records: [JSONValue] = []
        while let page = try await reader.next() {
            for record in page {
                guard let id = record["id"]?.int else {
                    throw SalesdockError(.badAnswer, "A record in the answer to \(request.call.name) has no id.")
                }
                if let place = places[id] {
                    // The later reading is the newer state.
                    records[place] = record
                } else {
                    places[id] = records.count
                    records.append(record)
                }
            }
        }
        return records
    }
}
