package store

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gofrs/flock"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/dirs"
)

// What a store keeps in its folder, beside the identity of its owner.
const (
	RunsFolder = "runs" // one file a run, named by its key
	lockFile   = ".podsim.lock"
	partial    = ".partial" // ends the name of a file that is being written
	jsonFile   = ".json"
)

// Remedy tells a user what to do about a folder that is refused.
const Remedy = "give another folder, or --force to start over"

// Owner says what the results in a folder belong to, so that those of another are
// not mixed with them.
type Owner[Identity any] struct {
	// What is the word for it, such as experiment; experiment.json has its identity.
	What     string
	Identity Identity
	// GoOn takes the identity that was found in the folder and returns the one that
	// it has from now on, or an error that names what is different.
	GoOn func(had Identity) (Identity, error)
}

// owner is an Owner with its identity in JSON.
type owner struct {
	what     string
	identity any
	goOn     func(had []byte) (identity any, err error)
}

func (o *owner) file() string { return o.what + jsonFile }

// Store keeps the results of finished runs in a folder, for one process at a time.
// Whatever moment the process is killed at, each file is whole or is noticed not to
// be: it gets its name when it is written, and a checksum tells whether all of it
// reached the disk.
type Store struct {
	dir   string
	owner owner
	root  *os.Root
	lock  *flock.Flock
}

// Open opens the folder for this owner, or makes it. Results are the names of other
// files that the owner will write there. The store refuses a folder with anything
// else, with runs of another owner or in use by another process; with force it
// starts over and removes what an earlier owner of the kind left, and only that:
// files that are not podsim's stay.
func Open[Identity any](dir string, o Owner[Identity], results []string, force bool) (*Store, error) {
	s := &Store{dir: dir, owner: owner{o.What, o.Identity, func(text []byte) (any, error) {
		var had Identity
		if err := json.Unmarshal(text, &had); err != nil {
			return nil, fmt.Errorf("no %s can be read from %s (%w); %s", o.What, o.What+jsonFile, err, Remedy)
		}
		return o.GoOn(had)
	}}}
	made, err := dirs.Make(dir)
	if err != nil {
		return nil, s.blame("", err)
	}
	if err = s.open(); err == nil {
		err = s.settle(results, force)
	}
	if err != nil {
		s.abandon(made)
		return nil, err
	}
	return s, nil
}

func (s *Store) open() (err error) {
	if s.root, err = os.OpenRoot(s.dir); err != nil {
		return s.blame("", err)
	}
	return nil
}

// abandon takes back the folders that were made for nothing, unless another process
// has taken the lock there.
func (s *Store) abandon(made []string) {
	if len(made) > 0 && s.root != nil && (s.lock == nil || s.lock.Locked()) {
		s.root.Remove(RunsFolder)
		s.root.Remove(lockFile)
	}
	s.Close()
	dirs.TakeBack(made)
}

// settle looks what the folder holds before it touches anything, takes the lock
// and makes the folder this owner's.
func (s *Store) settle(results []string, force bool) error {
	if !force {
		if err := s.refuseStrange(); err != nil {
			return err
		}
	}
	s.lock = flock.New(filepath.Join(s.dir, lockFile))
	switch got, err := s.lock.TryLock(); {
	case err != nil:
		return s.blame(lockFile, err)
	case !got:
		return s.blame("", errors.New("another podsim works in this folder; wait for its end, or give another folder"))
	}
	if err := s.root.MkdirAll(RunsFolder, 0o777); err != nil {
		return s.blame(RunsFolder, err)
	}
	identity := s.owner.identity
	if force {
		if err := s.clear(results); err != nil {
			return err
		}
		return s.writeIdentity(identity)
	}
	earlier, err := s.identity()
	if err != nil {
		return err
	}
	if earlier != nil {
		if identity, err = s.owner.goOn(earlier); err != nil {
			return s.blame("", err)
		}
	}
	if err := s.removeRuns(func(name string) bool { return strings.HasSuffix(name, partial) }); err != nil {
		return err
	}
	return s.writeIdentity(identity)
}

func (s *Store) writeIdentity(identity any) error {
	return s.WriteFile(s.owner.file(), func(w io.Writer) error { return reports.WriteJSON(w, identity) })
}

// refuseStrange refuses a folder with other files that has no owner of the kind.
func (s *Store) refuseStrange() error {
	if _, err := s.root.Stat(s.owner.file()); err == nil {
		return nil
	}
	files, err := fs.ReadDir(s.root.FS(), ".")
	if err != nil {
		return s.blame("", err)
	}
	// All that a process leaves that is killed before it wrote the identity.
	begun := []string{lockFile, RunsFolder, s.owner.file() + partial}
	for _, file := range files {
		if !slices.Contains(begun, file.Name()) {
			return s.blame("", fmt.Errorf("the folder is not empty and holds no %s (there is %s); give another one, or --force",
				s.owner.what, reports.Visible(file.Name())))
		}
	}
	return nil
}

// identity reads what the folder's runs belong to; nil if there are none.
func (s *Store) identity() ([]byte, error) {
	text, err := s.root.ReadFile(s.owner.file())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, s.blame(s.owner.file(), err)
	}
	return text, nil
}

// clear removes what an earlier owner left but its identity, which a new one
// replaces.
func (s *Store) clear(results []string) error {
	for _, name := range results {
		if err := s.Remove(name); err != nil {
			return err
		}
	}
	return s.removeRuns(func(string) bool { return true })
}

// removeRuns removes those files of runs that are chosen. Files with names that a
// run does not have stay.
func (s *Store) removeRuns(chosen func(name string) bool) error {
	files, err := fs.ReadDir(s.root.FS(), RunsFolder)
	if err != nil {
		return s.blame(RunsFolder, err)
	}
	for _, file := range files {
		key, isJSON := strings.CutSuffix(strings.TrimSuffix(file.Name(), partial), jsonFile)
		if _, err := hex.DecodeString(key); !isJSON || err != nil || !chosen(file.Name()) {
			continue
		}
		if err := s.root.Remove(runFile(file.Name())); err != nil {
			return s.blame(runFile(file.Name()), err)
		}
	}
	return nil
}

func runFile(name string) string { return RunsFolder + "/" + name }

// kept is the file of a run.
type kept struct {
	Key      string          `json:"key"`
	Checksum string          `json:"checksum"` // SHA-256 of the result, hexadecimal
	Result   json.RawMessage `json:"result"`
}

// Get returns the result with this key, in JSON, if the folder has it, whole. A file
// that is damaged counts as none: the run is done again.
func (s *Store) Get(key string) ([]byte, bool) {
	text, err := s.root.ReadFile(runFile(key + jsonFile))
	if err != nil {
		return nil, false
	}
	var file kept
	if json.Unmarshal(text, &file) != nil || file.Key != key || file.Checksum != checksum(file.Result) {
		return nil, false
	}
	return file.Result, true
}

// Put keeps a result that is encoded in JSON, under a key of hexadecimal digits. It
// may be called from several goroutines with different keys.
func (s *Store) Put(key string, result []byte) error {
	return s.WriteFile(runFile(key+jsonFile), func(w io.Writer) error {
		return json.NewEncoder(w).Encode(kept{key, checksum(result), result})
	})
}

// Key names what depends on these and on nothing else.
func Key(on ...string) string { return checksum([]byte(strings.Join(on, " "))) }

func checksum(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// WriteFile writes a file of the folder. It gets its name when it is whole.
func (s *Store) WriteFile(name string, fill func(io.Writer) error) error {
	file, err := s.root.Create(name + partial)
	if err != nil {
		return s.blame(name, err)
	}
	err = fill(file)
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = s.root.Rename(name+partial, name)
	}
	if err != nil {
		s.root.Remove(name + partial)
		return s.blame(name, err)
	}
	return nil
}

// Remove takes away a file of the folder, if it is there.
func (s *Store) Remove(name string) error {
	if err := s.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return s.blame(name, err)
	}
	return nil
}

// Close gives the folder free.
func (s *Store) Close() {
	if s.lock != nil {
		_ = s.lock.Close() // the lock ends with the process in any case
	}
	if s.root != nil {
		s.root.Close()
	}
}

// blame words an error with the folder or one of its files.
func (s *Store) blame(file string, err error) error {
	if file != "" {
		return fmt.Errorf("%s: %s: %w", s.dir, file, dirs.Cause(err))
	}
	return fmt.Errorf("%s: %w", s.dir, dirs.Cause(err))
}
