/// A word as a POSIX shell reads it back: in single quotes where it has anything but plain characters.
func shellWord(_ word: String) -> String {
  let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-".utf8)
  if !word.isEmpty, word.utf8.allSatisfy(plain.contains) { return word }
  return "'" + word.replacing("'", with: #"'\''"#) + "'"
}
