import Foundation

/// A web server on loopback: files of a folder under `/ranges/`, under `/whole/` without parts, under `/cut/`
/// half of each, under `/wrong/` with another last byte.
final class DataServer {
  private let process = Process()
  let address: String

  private static let script = """
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer; import os, sys
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            way, name = self.path.strip('/').split('/', 1)
            path = os.path.join(sys.argv[1], name)
            if not os.path.exists(path):
                return self.send_error(404)
            data = open(path, 'rb').read()
            if way == 'wrong':
                data = data[:-1] + bytes([data[-1] ^ 1])
            first, part = 0, self.headers.get('Range')
            if part and way != 'whole':
                first = int(part.split('=')[1].split('-')[0])
            self.send_response(206 if first else 200)
            if first:
                self.send_header('Content-Range', f'bytes {first}-{len(data) - 1}/{len(data)}')
            self.send_header('Content-Length', str(len(data) - first))
            self.end_headers()
            end = len(data) // 2 if way == 'cut' else len(data)
            self.wfile.write(data[first:end])
        def log_message(self, *words): pass
    server = ThreadingHTTPServer(('127.0.0.1', 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()
    """

  /// Whether there is what it takes: `python3` to serve, `curl` to fetch.
  static let isPossible = ["python3", "curl"].allSatisfy { name in
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/\(name)")
    }
  }

  init(_ folder: String) throws {
    let pipe = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-c", Self.script, folder]
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    var line = Data()
    while !line.contains(UInt8(ascii: "\n")) {
      let part = pipe.fileHandleForReading.availableData
      if part.isEmpty { break }
      line += part
    }
    let port = String(decoding: line, as: UTF8.self).prefix { $0.isNumber }
    address = "http://127.0.0.1:\(port)/"
  }

  // Threads of tests block signals, and programs that they start inherit that; this one cannot be blocked.
  deinit { kill(process.processIdentifier, SIGKILL) }
}
