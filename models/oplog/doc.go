// Package oplog is the operation log of a run: written while the run goes on, read
// again to replay it, to look at one moment of it or to compare it with another.
//
// A log is a stream of records. A record is an operation with its time, or the
// definition of a symbol, a resource name or a specification before its first use,
// so that a log can be read alone. The digest of a run is the SHA-256 of this
// stream.
//
// In a file the stream is cut into blocks with checksums, between which lie
// metadata, checkpoints of the whole state and, at the end, the digest. Damage is
// found at the block that has it; everything before can be read.
//
//	file  = "podsim-log" 0 version  block*
//	block = type length(4) crc32c(4) payload        little endian; the checksum is over type, length and payload
//
// The package knows how records are written, not what they do: that is
// models/cluster's.
package oplog
