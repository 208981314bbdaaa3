package scenarios

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/podsim/podsim/models/limits"
	"github.com/podsim/podsim/models/yamlnode"
)

// File is one file of a scenario.
type File struct {
	// Name is the path of the file and stands in messages.
	Name string
	// Reader holds its text; nil opens Name.
	Reader io.Reader
	// Dir is the folder of includes and data files of a file that comes from a
	// reader. Empty allows none. That of a named file is the one it is in.
	Dir string
}

// folder is what a scenario may read: nothing outside of it, neither by .. nor by
// a symbolic link.
type folder struct {
	root *os.Root
	name string
}

// origin is a file that has been read, and where it lies in its folder.
type origin struct {
	folder *folder // nil if it lies in none
	inside string  // path within the folder, with slashes
	shown  string  // in messages
	parent *origin // the file that includes it
}

var (
	errOutside    = errors.New("leaves the folder of the scenario")
	errNoFolder   = errors.New("the scenario lies in no folder, so nothing can be read relative to it")
	errNotRegular = errors.New("not a regular file")
)

// open opens a file by a path relative to this one.
func (o *origin) open(name string) (shown string, file *os.File, err error) {
	inside, err := o.resolve(name)
	if err != nil {
		return name, nil, err
	}
	shown = filepath.Join(o.folder.name, filepath.FromSlash(inside))
	// A device or a pipe would block when it is opened.
	info, err := o.folder.root.Stat(filepath.FromSlash(inside))
	if err != nil {
		return shown, nil, describe(err)
	}
	if !info.Mode().IsRegular() {
		return shown, nil, errNotRegular
	}
	opened, err := o.folder.root.Open(filepath.FromSlash(inside))
	if err != nil {
		return shown, nil, describe(err)
	}
	return shown, opened, nil
}

// resolve returns where a path leads within the folder.
func (o *origin) resolve(name string) (string, error) {
	switch {
	case name == "":
		return "", errors.New("the name is empty")
	case o.folder == nil:
		return "", errNoFolder
	case path.IsAbs(name) || filepath.IsAbs(name) || strings.ContainsRune(name, '\\'):
		return "", errOutside
	}
	inside := path.Join(path.Dir(o.inside), name)
	if !filepath.IsLocal(filepath.FromSlash(inside)) {
		return "", errOutside
	}
	return inside, nil
}

// describe says in few words why a file could not be opened.
func describe(err error) error {
	var known *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errors.New("no such file")
	case errors.Is(err, fs.ErrPermission):
		return errors.New("permission denied")
	case errors.As(err, &known) && strings.Contains(known.Err.Error(), "escapes"):
		return errOutside
	case errors.As(err, &known):
		return known.Err
	}
	return err
}

// readFiles reads the files of the input with everything they include.
func (l *loader) readFiles() {
	if len(l.in.Files) == 0 {
		l.problems = append(l.problems, yamlnode.Problem{What: "no scenario file"})
	}
	for i := range l.in.Files {
		file := &l.in.Files[i]
		o, reader, err := l.enter(file)
		if err != nil {
			l.unread = true
			l.problems = append(l.problems, yamlnode.Problem{File: file.Name, What: err.Error()})
			continue
		}
		l.readFile(o, reader)
	}
}

// enter opens a file of the command line and its folder.
func (l *loader) enter(file *File) (*origin, io.Reader, error) {
	dir := file.Dir
	if file.Reader == nil {
		dir = filepath.Dir(file.Name)
	}
	o := &origin{shown: file.Name, inside: filepath.Base(file.Name)}
	if dir != "" {
		root, err := os.OpenRoot(dir)
		if err != nil {
			return nil, nil, describe(err)
		}
		l.closers = append(l.closers, root)
		o.folder = &folder{root, dir}
	}
	if file.Reader != nil {
		return o, file.Reader, nil
	}
	opened, err := openPlain(file.Name)
	if err != nil {
		return nil, nil, err
	}
	l.closers = append(l.closers, opened)
	return o, opened, checkSize(opened)
}

// checkSize refuses a file of documents that is too large before it is read.
func checkSize(file fs.File) error {
	info, err := file.Stat()
	if err != nil {
		return describe(err)
	}
	return yamlnode.DefaultLimits().CheckSize(info.Size())
}

// openPlain opens a file that the user named, wherever it is: a regular one, or a
// stream that the shell has opened for us, as <(command) and /dev/stdin are. To
// open another pipe or a device could block for ever.
func openPlain(name string) (*os.File, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, describe(err)
	case !info.Mode().IsRegular() && !isOpenStream(name):
		return nil, errNotRegular
	}
	opened, err := os.Open(name)
	if err != nil {
		return nil, describe(err)
	}
	return opened, nil
}

// isOpenStream reports whether a path names a file descriptor of this process.
func isOpenStream(name string) bool {
	dir := filepath.Dir(filepath.Clean(name))
	return dir == "/dev/fd" || dir == "/proc/self/fd" || name == "/dev/stdin"
}

// readFile parses a file and then what it includes.
func (l *loader) readFile(o *origin, r io.Reader) {
	if l.files++; l.files > limits.Files {
		if l.files == limits.Files+1 {
			l.problems = append(l.problems, yamlnode.Problem{File: o.shown, What: fmt.Sprintf("more than %d files", limits.Files)})
		}
		return
	}
	l.fileRank[o.shown] = len(l.fileRank)
	documents, err := l.parse(o.shown, r)
	l.problems = append(l.problems, asProblems(err)...)
	l.unread = l.unread || err != nil || len(documents) == 0
	if len(documents) == 0 && err == nil {
		l.problems = append(l.problems, yamlnode.Problem{File: o.shown, What: "empty file; want kind: Scenario"})
	}
	var scenarios, asking []*object
	for _, document := range documents {
		object := newObject(document, o)
		l.documents = append(l.documents, object)
		switch {
		case object.own && object.kind == "Scenario":
			scenarios = append(scenarios, object)
		case object.own && (object.kind == "Experiment" || object.kind == "Plan"):
			asking = append(asking, object)
		}
	}
	for _, scenario := range scenarios {
		l.include(scenario)
	}
	for _, o := range asking {
		l.includeScenario(o, len(scenarios) == 0)
	}
}

// include reads the files that a Scenario includes. Wrong types are left to the
// decoder.
func (l *loader) include(o *object) {
	list := o.at("spec.includes")
	if list == nil || list.Kind != yamlnode.Seq {
		return
	}
	for i, item := range list.Items {
		name, err := item.AsString()
		if err != nil {
			continue
		}
		l.includeFile(o, yamlnode.IndexPath("spec.includes", i), name)
	}
}

// includeFile reads a file that o names at a path, and reports whether it could.
func (l *loader) includeFile(o *object, at, name string) bool {
	inside, err := o.origin.resolve(name)
	if err != nil {
		l.blame(o, at, "%s %v", quote(name), err)
		return false
	}
	if cycle := o.origin.cycle(inside); cycle != "" {
		l.blame(o, at, "files include each other: %s", cycle)
		return false
	}
	key := includeKey{o.origin.folder, inside}
	if l.included[key] {
		return true // by another file too
	}
	l.included[key] = true
	shown, file, err := o.origin.open(name)
	if err == nil {
		if err = checkSize(file); err != nil {
			l.close(file)
		}
	}
	if err != nil {
		l.blame(o, at, "%s: %v", quote(name), err)
		return false
	}
	l.readFile(&origin{folder: o.origin.folder, inside: inside, shown: shown, parent: o.origin}, file)
	l.close(file)
	return true
}

// includeScenario reads the scenario of an Experiment or a Plan that stands in another
// file. If their file has none of its own, the run has the name of that one.
func (l *loader) includeScenario(o *object, names bool) {
	name := textOf(o.at("spec.scenario"))
	if name == "" {
		return
	}
	if names && o.origin.parent == nil && l.files == 1 {
		l.run.Name = strings.TrimSuffix(path.Base(name), path.Ext(name))
	}
	if e, ok := LookupEmbedded(name); ok {
		l.readFile(&origin{shown: e.File().Name, parent: o.origin}, e.File().Reader)
		return
	}
	if !l.includeFile(o, "spec.scenario", name) {
		l.unread = true
	}
}

type includeKey struct {
	folder *folder
	inside string
}

// cycle returns a → b → a if a file that is being read is included again.
func (o *origin) cycle(inside string) string {
	names := []string{inside}
	for up := o; up != nil; up = up.parent {
		names = append(names, up.inside)
		if up.inside == inside {
			slices.Reverse(names)
			return strings.Join(names, " → ")
		}
	}
	return ""
}

// openData opens data by name: the file that the user bound, else the default.
func (l *loader) openData(name, format string) (shown string, file io.ReadCloser, err error) {
	d := l.findData(name)
	if d == nil {
		var known []string
		for _, d := range l.data {
			known = append(known, d.spec.Name)
		}
		return name, nil, errors.New(unknown("data", name, known))
	}
	if d.spec.Format != format {
		return name, nil, fmt.Errorf("data %s are of format %s; want %s", quote(name), d.spec.Format, format)
	}
	if bound := l.in.Data[name]; bound != "" {
		opened, err := openPlain(bound)
		if err != nil {
			return bound, nil, fmt.Errorf("data %s: %s: %w", quote(name), quote(bound), err)
		}
		return bound, opened, nil
	}
	if d.spec.Path == "" {
		return name, nil, fmt.Errorf("data %s are not bound; want --data %s=PATH", quote(name), name)
	}
	shown, file, err = d.object.origin.open(d.spec.Path)
	if err != nil {
		err = fmt.Errorf("data %s: %s: %w", quote(name), quote(d.spec.Path), err)
	}
	return shown, file, err
}

// close closes a file that was read; what was read is good even if that fails.
func (l *loader) close(c io.Closer) { _ = c.Close() }
