// Package dirs makes the folders that reports are written to, takes them back if
// nothing came of it, and words what package os says of files: callers name the
// file themselves. It knows nothing of what the folders hold.
package dirs

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// Make makes a folder with those above it and returns what it made, the innermost
// first. If it fails it leaves nothing behind.
func Make(name string) (made []string, err error) {
	var missing []string
	for dir := filepath.Clean(name); ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) || dir == filepath.Dir(dir) {
			break
		}
		missing = append(missing, dir)
	}
	for _, dir := range slices.Backward(missing) {
		switch err := os.Mkdir(dir, 0o777); {
		case err == nil:
			made = slices.Insert(made, 0, dir)
		case !errors.Is(err, fs.ErrExist): // another process may have made it meanwhile
			TakeBack(made)
			return nil, Cause(err)
		}
	}
	return made, nil
}

// TakeBack removes folders that were made, the innermost first, as far as they are
// empty.
func TakeBack(made []string) {
	for _, dir := range made {
		os.Remove(dir)
	}
}

// Cause takes the operation and the path off an error of package os.
func Cause(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}
