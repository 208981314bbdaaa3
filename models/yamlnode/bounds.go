package yamlnode

import (
	"errors"
	"fmt"

	"github.com/podsim/podsim/models/limits"
)

// Limits bounds what Parse accepts from one file.
type Limits struct {
	FileBytes  int64 // most bytes
	Documents  int   // most non-empty documents
	Depth      int   // deepest nesting of maps and lists; a top-level map has depth 1
	AliasNodes int   // most nodes that aliases add
}

// DefaultLimits returns the limits of package limits.
func DefaultLimits() Limits {
	return Limits{
		FileBytes:  limits.FileBytes,
		Documents:  limits.Documents,
		Depth:      limits.Depth,
		AliasNodes: limits.AliasNodes,
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
