@main struct Dockhand { static func main() {} }
