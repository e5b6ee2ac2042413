internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// The page to watch the cell: one document without anything from elsewhere.
enum DashboardPage {
    /// The document. Its style and script carry a name that changes with every answer, and the
    /// browser is told to run nothing else.
    static func response() -> Response {
        let nonce = RandomName.make()
        let policy =
            "default-src 'none'; script-src 'nonce-\(nonce)'; style-src 'nonce-\(nonce)'; "
            + "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
            + "frame-ancestors 'none'"
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/html; charset=utf-8", .cacheControl: "no-store",
                .contentSecurityPolicy: policy, .xContentTypeOptions: "nosniff",
                referrerPolicy: "no-referrer",
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(string: document(nonce: nonce))))
    }

    // The name is valid, so the other one never stands in.
    private static let referrerPolicy = HTTPField.Name("Referrer-Policy") ?? .server

    static func document(nonce: String) -> String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        \(head)
        <style nonce="\(nonce)">
        \(DashboardStyle.text)
        </style>
        </head>
        <body>
        \(body)
        <script nonce="\(nonce)">
        \(DashboardScript.text)
        </script>
        </body>
        </html>

        """
    }
}
