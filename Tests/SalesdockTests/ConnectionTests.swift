import ExactJSON
import Salesdock
import SalesdockFacts
import Testing

struct ConnectionTests {
    @Test(arguments: [
        ("https://app.salesdock.nl", "https://app.salesdock.nl"),
        ("https://App.Salesdock.NL/", "https://app.salesdock.nl"),
        ("https://x.example:8443/sub/", "https://x.example:8443/sub"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://127.0.0.1:9", "http://127.0.0.1:9"), ("http://[::1]:8089", "http://[::1]:8089"),
        // The port that goes without saying is no other host, or the ledger would take it for another account.
        ("https://app.salesdock.nl:443/", "https://app.salesdock.nl"), ("http://[::1]:80", "http://[::1]"),
        ("https://x.example:80", "https://x.example:80"),
        ("https://[2001:db8::1]", "https://[2001:db8::1]"),
    ])
    func `a good base address is kept`(base: String, kept: String) throws {
        #expect(try Connection(base: base, domain: "demo").base == kept)
    }

    @Test(arguments: [
        "", "app.salesdock.nl", "http://app.salesdock.nl", "ftp://x.example", "https://", "https://u:secret@x.example",
        "https://x.example?a=b", "https://x.example/#f", "https://x.example:0", "https://x.example:99999",
        "https://x example", "https://x.example/../y", "http://127.evil.example", "http://localhost.evil.example",
        "http://127.0.0.1.evil.example", "https://a:b:c", "https://x.example/a b",
    ])
    func `a base address that can not work or would leak the token is refused`(base: String) {
        let error = #expect(throws: SalesdockError.self) { try Connection(base: base, domain: "demo") }
        #expect(error?.code == .configuration)
        #expect(error?.description.contains("secret") == false)
    }

    @Test(arguments: ["", "a/b", "..", "a b", "é", "a?b", "a%2fb"]) func `a domain is a plain name`(domain: String) {
        #expect(throws: SalesdockError.self) { try Connection(domain: domain) }
    }

    @Test func `numbers that can not work are refused`() {
        #expect(throws: SalesdockError.self) { try Connection(domain: "d", limit: 0) }
        #expect(throws: SalesdockError.self) { try Connection(domain: "d", share: 0) }
        #expect(throws: SalesdockError.self) { try Connection(domain: "d", share: 1.01) }
        #expect(throws: SalesdockError.self) { try Connection(domain: "d", share: .nan) }
        #expect(throws: SalesdockError.self) { try Connection(domain: "d", concurrency: 0) }
        #expect(throws: SalesdockError.self) { try Connection(domain: "d", timeout: .zero) }
        #expect(throws: SalesdockError.self) { try Connection(domain: "d", userAgent: "a\r\nX: y") }
    }

    @Test func `paths and queries are percent-encoded`() throws {
        let connection = try Connection(base: "https://x.example/sub", domain: "demo", scope: .user)
        let flow = APIRequest(.saleCreate, flowType: "energie", flow: "a/b c?é", body: nil)
        #expect(try flow.url(connection) == "https://x.example/sub/api/demo/v1/sales/flow/energie/a%2Fb%20c%3F%C3%A9")
        var list = APIRequest(.salesList)
        list.add("q", "a+b&c=d")
        list.add("none", nil)
        list.add("statuses", values: ["new", "sent"])
        #expect(
            try list.url(connection)
                == "https://x.example/sub/api/demo/v1/user/sales?q=a%2Bb%26c%3Dd&statuses[0]=new&statuses[1]=sent")
        #expect(try APIRequest(.relationGet, id: 7).url(connection).hasSuffix("/v1/account/relations/7"))
    }

    @Test(arguments: ["", ".", ".."]) func `a placeholder that would change the path is a fault`(value: String) throws {
        let request = APIRequest(.relationGet, path: ["id": value])
        let connection = try Connection(domain: "demo")
        #expect(throws: SalesdockError.self) { try request.url(connection) }
        #expect(throws: SalesdockError.self) { try APIRequest(.relationGet).url(connection) }
    }

    @Test func `every call has an address`() throws {
        let connection = try Connection(domain: "demo")
        for call in Call.all {
            let request = APIRequest(call, path: ["id": "1", "flow_type": "energie", "flow_identifier": "f"])
            #expect(try !request.url(connection).contains("{"), "\(call.name)")
        }
    }
}
