package yamlnode

import (
	"errors"
	"fmt"
)

// Bounds on one input. They stop hostile input long before memory does, and no
// honest manifest comes near them.
const (
	MaxFileBytes  = 128 << 20 // bytes of one file
	MaxDocuments  = 100_000   // non-empty documents of one file
	MaxDepth      = 64        // maps and lists around a value, through aliases
	MaxAliasNodes = 100_000   // nodes that aliases add to one file

	// MaxProblemsShown is how many problems the text of Problems lists.
	MaxProblemsShown = 50

	maxQuoted = 60 // characters of user text repeated in a message
)

// Limits bounds what Parse accepts from one file.
type Limits struct {
	FileBytes  int64 // most bytes
	Documents  int   // most non-empty documents
	Depth      int   // deepest nesting of maps and lists; a top-level map has depth 1
	AliasNodes int   // most nodes that aliases add
}

// DefaultLimits returns the limits named by the Max constants.
func DefaultLimits() Limits {
	return Limits{
		FileBytes:  MaxFileBytes,
		Documents:  MaxDocuments,
		Depth:      MaxDepth,
		AliasNodes: MaxAliasNodes,
	}
}

// CheckSize returns an error if a file of so many bytes is larger than the limit,
// so that one whose size is known need not be read to be refused.
func (l Limits) CheckSize(bytes int64) error {
	if bytes <= l.FileBytes {
		return nil
	}
	return errors.New(l.tooLarge())
}

func (l Limits) tooLarge() string {
	if l.FileBytes >= 1<<20 && l.FileBytes%(1<<20) == 0 {
		return fmt.Sprintf("larger than %d MiB", l.FileBytes>>20)
	}
	return fmt.Sprintf("larger than %d bytes", l.FileBytes)
}

func (l Limits) tooMany() string { return fmt.Sprintf("more than %d documents", l.Documents) }
func (l Limits) tooDeep() string { return fmt.Sprintf("nested deeper than %d", l.Depth) }
func (l Limits) tooManyAliased() string {
	return fmt.Sprintf("aliases expand to more than %d nodes", l.AliasNodes)
}
