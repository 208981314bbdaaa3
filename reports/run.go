package reports

import (
	"io"
	"time"

	"github.com/google/uuid"
)

// Run is the content of run.json: what a run was, and apart from it how long it
// took on this machine.
type Run struct {
	ID           string            `json:"id"` // derived from the digest: equal runs have equal ids
	Scenario     string            `json:"scenario"`
	Seed         uint64            `json:"seed"`
	Version      string            `json:"version"` // of podsim
	GoVersion    string            `json:"goVersion"`
	LogVersion   int               `json:"logVersion"`
	Digest       string            `json:"digest"`       // of the operation log
	InputDigests map[string]string `json:"inputDigests"` // of the scenario's files, by their path
	End          Seconds           `json:"endSeconds"`
	Operations   uint64            `json:"operations"`
	Files        []string          `json:"files"` // written beside this one
	Wall         Wall              `json:"wall"`
}

// Wall is how long a run took in real time. It is kept apart from everything
// that the run determines.
type Wall struct {
	Elapsed         time.Duration `json:"elapsedNanoseconds"`
	EventsPerSecond float64       `json:"eventsPerSecond"`
}

// runNamespace makes run ids differ from other uses of version 5 UUIDs.
var runNamespace = uuid.NewSHA1(uuid.NameSpaceURL, []byte("https://github.com/podsim/podsim#run"))

// RunID returns the id of the run with this digest: a version 5 UUID.
func RunID(digest string) string { return uuid.NewSHA1(runNamespace, []byte(digest)).String() }

// WriteJSON writes run.json.
func (r *Run) WriteJSON(w io.Writer) error { return writeJSON(w, r) }
