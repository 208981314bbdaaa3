package app

import (
	"bytes"
	"context"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// spoken is what a program says while others read it.
type spoken struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *spoken) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(b)
}

func (s *spoken) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

func TestTheEndOfARunIsServedUntilItIsInterrupted(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	stdout, stderr := new(spoken), new(spoken)
	command := New(strings.NewReader(""), stdout, stderr)
	command.SetArgs([]string{"run", "zone-outage", "--listen", "127.0.0.1:0", "--hold"})
	ended := make(chan error, 1)
	go func() { ended <- command.ExecuteContext(ctx) }()

	held := regexp.MustCompile(`its end is served until Ctrl-C: (http://\S+)`)
	var page string
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		if m := held.FindStringSubmatch(stderr.String()); m != nil {
			_, _, page = fetched(t, m[1])
			refuses(t, m[1])
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("nothing is held: %s", stderr)
		}
	}
	for _, want := range []string{"podsim_run_ended 1", "podsim_virtual_seconds 86400", `podsim_nodes{zone="a"} 20`} {
		if !strings.Contains(page, want+"\n") {
			t.Errorf("there is no %s", want)
		}
	}
	if !strings.Contains(stdout.String(), "digest") {
		t.Error("the report does not come before the end is held")
	}
	interrupt()
	if err := <-ended; err != nil {
		t.Errorf("the end of what is held: %v", err)
	}
}
