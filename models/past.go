package models

// Past is what an operation recalls of an object that was there before the run:
// the field Def of OpBackdateOwner and OpBackdatePod. Moments lie Arg nanoseconds
// before the operation, so they may come before the beginning of virtual time.
type Past int32

// What can be recalled. A moment can be moved only into the past, and only of
// something that has happened.
const (
	PastCreated   Past = iota // of pods and owners: when the object was created
	PastBound                 // of pods: when it came to its node
	PastStarted               // of pods: when its containers last started; of Jobs: their start
	PastReady                 // of pods: when Ready last changed
	PastExited                // of pods: when its containers last ended
	PastRestarts              // of pods: Arg counts the restarts of its containers
	PastFinished              // of Jobs: when it completed or failed
	PastSucceeded             // of Jobs: Arg counts Succeeded pods whose objects are gone
	PastFailed                // of Jobs: Arg counts Failed pods whose objects are gone
)

var pasts = [...]string{"created", "bound", "started", "ready", "exited", "restarts", "finished", "succeeded", "failed"}

// String returns the name of what is recalled.
func (p Past) String() string {
	if p < 0 || int(p) >= len(pasts) {
		return "unknown"
	}
	return pasts[p]
}

// Counts reports whether Arg counts something, instead of telling how long ago
// something happened.
func (p Past) Counts() bool { return p == PastRestarts || p == PastSucceeded || p == PastFailed }
