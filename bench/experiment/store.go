package experiment

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

// What a store keeps in its folder.
const (
	IdentityFile = "experiment.json" // what the runs belong to
	RunsFolder   = "runs"            // one file a run, named by its key
	lockFile     = ".podsim.lock"
	partial      = ".partial" // ends the name of a file that is being written
	jsonFile     = ".json"
)

// Store keeps the results of finished runs in a folder, for one process at a time.
// Whatever moment the process is killed at, each file is whole or is noticed not to
// be: it gets its name when it is written, and a checksum tells whether all of it
// reached the disk.
type Store struct {
	dir  string
	root *os.Root
	lock *flock.Flock
}

// OpenStore opens the folder for this experiment, or makes it. Results are the
// names of other files that the experiment will write there. The store refuses a
// folder with anything else, with runs of another experiment or in use by another
// process; with force it starts over and removes what an earlier experiment left,
// and only that: files that are not podsim's stay.
func OpenStore(dir string, id Identity, results []string, force bool) (*Store, error) {
	s := &Store{dir: dir}
	made, err := dirs.Make(dir)
	if err != nil {
		return nil, s.blame("", err)
	}
	if err = s.open(); err == nil {
		err = s.settle(id, results, force)
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
// and makes the folder this experiment's.
func (s *Store) settle(id Identity, results []string, force bool) error {
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
	if force {
		if err := s.clear(results); err != nil {
			return err
		}
		return s.writeIdentity(id)
	}
	earlier, err := s.identity()
	if err != nil {
		return err
	}
	if earlier != nil {
		if id, err = earlier.goOn(id); err != nil {
			return s.blame("", err)
		}
	}
	if err := s.removeRuns(func(name string) bool { return strings.HasSuffix(name, partial) }); err != nil {
		return err
	}
	return s.writeIdentity(id)
}

func (s *Store) writeIdentity(id Identity) error {
	return s.WriteFile(IdentityFile, func(w io.Writer) error { return reports.WriteJSON(w, id) })
}

// refuseStrange refuses a folder with other files that holds no experiment.
func (s *Store) refuseStrange() error {
	if _, err := s.root.Stat(IdentityFile); err == nil {
		return nil
	}
	files, err := fs.ReadDir(s.root.FS(), ".")
	if err != nil {
		return s.blame("", err)
	}
	// All that a process leaves that is killed before it wrote the identity.
	begun := []string{lockFile, RunsFolder, IdentityFile + partial}
	for _, file := range files {
		if !slices.Contains(begun, file.Name()) {
			return s.blame("", fmt.Errorf("the folder is not empty and holds no experiment (there is %s); give another one, or --force",
				reports.Visible(file.Name())))
		}
	}
	return nil
}

// identity reads what the folder's runs belong to; nil if there are none.
func (s *Store) identity() (*Identity, error) {
	text, err := s.root.ReadFile(IdentityFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, s.blame(IdentityFile, err)
	}
	var id Identity
	if err := json.Unmarshal(text, &id); err != nil {
		return nil, s.blame(IdentityFile, fmt.Errorf("not the file of an experiment (%w); give another folder, or --force", err))
	}
	return &id, nil
}

// clear removes what an earlier experiment left but its identity, which a new one
// replaces.
func (s *Store) clear(results []string) error {
	for _, name := range results {
		if err := s.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return s.blame(name, err)
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

// Get returns the result with this key if the folder has it, whole. A file that is
// damaged counts as none: the run is done again.
func (s *Store) Get(key string) (Result, bool) {
	text, err := s.root.ReadFile(runFile(key + jsonFile))
	if err != nil {
		return Result{}, false
	}
	var file kept
	var result Result
	if json.Unmarshal(text, &file) != nil || file.Key != key || file.Checksum != checksum(file.Result) {
		return Result{}, false
	}
	return result, json.Unmarshal(file.Result, &result) == nil
}

// Put keeps a result that is encoded in JSON.
func (s *Store) Put(key string, result []byte) error {
	return s.WriteFile(runFile(key+jsonFile), func(w io.Writer) error {
		return json.NewEncoder(w).Encode(kept{key, checksum(result), result})
	})
}

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
