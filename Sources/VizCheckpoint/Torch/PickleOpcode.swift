extension PickleMachine {
  /// The instructions of protocols 0 to 5, by their byte.
  enum Opcode: UInt8 {
    // Protocol 0: text.
    case mark = 0x28, stop = 0x2E, pop = 0x30, dup = 0x32, float = 0x46, int = 0x49, long = 0x4C
    case none = 0x4E, persID = 0x50, reduce = 0x52, string = 0x53, unicode = 0x56, append = 0x61
    case build = 0x62, global = 0x63, dict = 0x64, get = 0x67, inst = 0x69, list = 0x6C, put = 0x70
    case setItem = 0x73, tuple = 0x74
    // Protocol 1: binary.
    case popMark = 0x31, binInt = 0x4A, binInt1 = 0x4B, binInt2 = 0x4D, binPersID = 0x51
    case binString = 0x54, shortBinString = 0x55, binUnicode = 0x58, emptyList = 0x5D
    case appends = 0x65, binGet = 0x68, longBinGet = 0x6A, obj = 0x6F, binPut = 0x71
    case longBinPut = 0x72, setItems = 0x75, emptyTuple = 0x29, emptyDict = 0x7D, binFloat = 0x47
    // Protocol 2.
    case proto = 0x80, newObject = 0x81, ext1 = 0x82, ext2 = 0x83, ext4 = 0x84, tuple1 = 0x85
    case tuple2 = 0x86, tuple3 = 0x87, newTrue = 0x88, newFalse = 0x89, long1 = 0x8A, long4 = 0x8B
    // Protocol 3: bytes.
    case binBytes = 0x42, shortBinBytes = 0x43
    // Protocol 4: large data.
    case shortBinUnicode = 0x8C, binUnicode8 = 0x8D, binBytes8 = 0x8E, emptySet = 0x8F
    case addItems = 0x90, frozenSet = 0x91, newObjectEx = 0x92, stackGlobal = 0x93, memoize = 0x94
    case frame = 0x95
    // Protocol 5: buffers outside of the stream.
    case byteArray8 = 0x96, nextBuffer = 0x97, readOnlyBuffer = 0x98
  }
}
