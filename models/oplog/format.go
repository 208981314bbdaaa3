package oplog

import "hash/crc32"

// Version is the version of the format and of the meaning of its records. A log
// of another version is refused.
const Version = 3

const header = "podsim-log\x00"

// The types of blocks.
const (
	blockMetadata   byte = 'M' // what was run, as JSON
	blockRecords    byte = 'R' // the time of the record before, then records
	blockCheckpoint byte = 'C' // definitions since the last one, then the state
	blockEnd        byte = 'E' // number of operations, digest
)

const blockHead = 1 + 4 + 4

// recordsBlock is the size at which a block of records is written.
const recordsBlock = 1 << 14

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Records whose kind is below firstDefinition are operations, preceded by the
// nanoseconds since the previous operation.
const firstDefinition = 0xf0

// Definition is a kind of record that gives something the next free number.
type Definition byte

// The definitions.
const (
	Symbol Definition = firstDefinition + iota
	ResourceName
	PodSpec
	NodeSpec
	OwnerSpec
	NamespaceSpec
	ServiceSpec
	BudgetSpec
	StorageClassSpec
	VolumeSpec
	ClaimSpec
	CSINodeSpec
	PriorityClassSpec
	PolicySpec
	definitionsEnd
)

// checkpointAfter is how many bytes of records lie between two checkpoints at
// least; they are further apart when checkpoints are large, so that these add at
// most a quarter to a log.
const (
	checkpointAfter = 1 << 20
	checkpointRatio = 4
)
