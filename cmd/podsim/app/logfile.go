package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/podsim/podsim/models/cluster"
	"github.com/podsim/podsim/models/oplog"
	"github.com/podsim/podsim/reports/dirs"
)

// logOf is the operation log of a finished run, open for reading.
type logOf struct {
	name string
	file *os.File
}

// openLog opens the log of a run by the folder of the run, or by its own name.
func openLog(name string) (*logOf, error) {
	path := name
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		path = filepath.Join(name, logFile)
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && path != name:
		return nil, fmt.Errorf("%s: the folder holds no %s", name, logFile)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", name, dirs.Cause(err))
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s: not a regular file", path)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, dirs.Cause(err))
	}
	return &logOf{path, file}, nil
}

// replay begins a replay from the first operation on.
func (l *logOf) replay() (*cluster.Replay, logHead, error) {
	var head logHead
	p, err := cluster.NewReplay(l.file)
	if err != nil {
		return nil, head, l.blame(err)
	}
	if err := json.Unmarshal(p.Metadata, &head); err != nil {
		return nil, head, l.blame(errors.New("the log does not tell what it is of"))
	}
	return p, head, nil
}

func (l *logOf) blame(err error) error { return fmt.Errorf("%s: %w", l.name, err) }

// damaged reports whether an error tells of a log that is sound up to some point.
func damaged(err error) bool {
	var damage *oplog.DamageError
	return errors.As(err, &damage)
}
