package scenarios

import (
	"bytes"
	"io"
	"os"
	"path/filepath"

	"github.com/podsim/podsim/models/limits"
)

// heldFile is a file in memory, for those that read it more than once.
type heldFile struct {
	name, dir string
	text      []byte
	err       error // what stopped reading
	unread    bool  // it could not be opened; who opens it again learns why
}

// hold reads a file of the command line. What goes wrong is told by whoever reads
// what was held.
func hold(file File) *heldFile {
	if file.Reader != nil {
		return holdReader(file.Name, file.Dir, file.Reader)
	}
	opened, err := openPlain(file.Name)
	if err != nil {
		return &heldFile{name: file.Name, unread: true}
	}
	defer opened.Close()
	if checkSize(opened) != nil {
		return &heldFile{name: file.Name, unread: true}
	}
	return holdReader(file.Name, filepath.Dir(file.Name), opened)
}

func holdReader(name, dir string, r io.Reader) *heldFile {
	h := &heldFile{name: name, dir: dir}
	h.text, h.err = io.ReadAll(io.LimitReader(r, limits.FileBytes+1))
	return h
}

// holdBeside reads a file by a path relative to that of an object.
func holdBeside(o *object, name string) (*heldFile, error) {
	shown, file, err := o.origin.open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if err := checkSize(file); err != nil {
		return nil, err
	}
	return holdReader(shown, filepath.Dir(shown), file), nil
}

// file returns what was held as a file to read.
func (h *heldFile) file() File {
	if h.unread {
		return File{Name: h.name}
	}
	var reader io.Reader = bytes.NewReader(h.text)
	if h.err != nil {
		reader = io.MultiReader(reader, failing{h.err})
	}
	return File{Name: h.name, Dir: h.dir, Reader: reader}
}

// failing fails to be read.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// isFile reports whether a name is that of a file to read.
func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && (info.Mode().IsRegular() || isOpenStream(name))
}
