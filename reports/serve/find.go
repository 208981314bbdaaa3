package serve

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Kind is a kind of report.
type Kind struct {
	Name string // run, comparison, capacity plan
	// Whole is the file of a folder whose report is finished, and Enough one that makes
	// do for it, if there is such a file. SoFar is the one that grows or is replaced while
	// the report is being made, and Begun one that is there from the start, if there is
	// such a file: nothing can be shown as long as there is only that.
	Whole, Enough, SoFar, Begun string
	// Describe says in a line what is in a folder, and Page makes its page. Both are
	// given how far that has come, and read only the folder.
	Describe func(root *os.Root, stage Stage) (Line, error)
	Page     func(root *os.Root, stage Stage) (func(io.Writer) error, error)
}

// Stage is how far a report has come.
type Stage int

// The stages of a report.
const (
	Finished Stage = iota
	UnderWay       // unfinished, and written lately
	GivenUp        // unfinished, and nothing was written for long
)

// Line is what an index tells of a report.
type Line struct {
	Name    string
	Verdict string
	Tone    string // pass, fail or plain
}

// Folder is a folder whose reports are shown.
type Folder struct {
	Name string
	Root *os.Root
	real string // the name that no other folder has
}

// resolved returns the folder with its real name, as far as that can be told.
func (f Folder) resolved() Folder {
	f.real = f.Root.Name()
	if whole, err := filepath.Abs(f.real); err == nil {
		f.real = whole
	}
	if direct, err := filepath.EvalSymlinks(f.real); err == nil {
		f.real = direct
	}
	return f
}

// report is a report that was found.
type report struct {
	kind    *Kind
	folder  int
	path    string // below the folder, with slashes; . for itself
	stage   Stage
	empty   bool      // begun, and nothing to show
	written time.Time // last
	size    int64     // of the file that is read
}

// address is where a report is found on the server, behind a prefix.
func (r *report) address() string {
	parts := strings.Split(r.key(), "/")
	for i, part := range parts {
		parts[i] = url.PathEscape(part)
	}
	return strings.Join(parts, "/")
}

// key is the address as a server gets it. Browsers leave out a dot for the folder itself.
func (r *report) key() string {
	if r.path == "." {
		return strconv.Itoa(r.folder)
	}
	return strconv.Itoa(r.folder) + "/" + r.path
}

// stamp changes with what the report is made from.
func (r *report) stamp() string {
	return fmt.Sprint(r.kind.Name, r.stage, r.written.UnixNano(), r.size)
}

// quiet is how long nothing was written of what nobody is making any more.
const quiet = 10 * time.Minute

// How far below a folder reports are looked for.
const (
	depthMost   = 8
	foldersMost = 20_000
	reportsMost = 2_000
)

// errEnough ends a walk that has seen enough.
var errEnough = errors.New("enough")

// find looks for reports in folders and those below them, the latest first, each in the
// first of the folders that has it. more tells
// that it stopped before it saw everything. Folders that cannot be read are left out,
// as are those whose names end in .partial: they are being written.
func find(folders []Folder, kinds []Kind, now time.Time) (found []report, more bool) {
	seen := make(map[string]bool)
	for i := range folders {
		err := fs.WalkDir(folders[i].Root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil && entry != nil && entry.IsDir():
				return fs.SkipDir
			case err != nil || !entry.IsDir():
				return nil
			case name != "." && (strings.HasPrefix(entry.Name(), ".") || strings.HasSuffix(entry.Name(), ".partial")), strings.Count(name, "/") >= depthMost:
				return fs.SkipDir
			}
			real := filepath.Join(folders[i].real, filepath.FromSlash(name))
			if seen[real] {
				return nil
			}
			if seen[real] = true; len(seen) > foldersMost || len(found) >= reportsMost {
				more = true
				return errEnough
			}
			for k := range kinds {
				if r, ok := look(folders[i].Root, name, &kinds[k], now); ok {
					r.folder = i
					found = append(found, r)
					return nil
				}
			}
			return nil
		})
		if errors.Is(err, errEnough) {
			break
		}
	}
	slices.SortStableFunc(found, func(a, b report) int {
		return cmp.Or(b.written.Compare(a.written), cmp.Compare(a.folder, b.folder), strings.Compare(a.path, b.path))
	})
	return found, more
}

// look tells whether a folder has a report of a kind.
func look(root *os.Root, dir string, kind *Kind, now time.Time) (report, bool) {
	r := report{kind: kind, path: dir}
	stat := func(file string) fs.FileInfo {
		if file == "" {
			return nil
		}
		info, err := root.Stat(path.Join(dir, file))
		if err != nil || !info.Mode().IsRegular() {
			return nil
		}
		return info
	}
	whole, soFar := stat(kind.Whole), stat(kind.SoFar)
	if whole == nil {
		whole = stat(kind.Enough)
	}
	info, unfinished := whole, false
	if soFar != nil && (whole == nil || soFar.ModTime().After(whole.ModTime())) {
		info, unfinished = soFar, true
	}
	if info == nil {
		info = stat(kind.Begun)
		unfinished, r.empty = true, true
	}
	if info == nil {
		return r, false
	}
	r.written, r.size = info.ModTime(), info.Size()
	switch {
	case unfinished && now.Sub(r.written) < quiet:
		r.stage = UnderWay
	case unfinished:
		r.stage = GivenUp
	}
	return r, true
}
