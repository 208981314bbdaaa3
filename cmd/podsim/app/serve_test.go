package app

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/podsim/podsim/reports/hostile/madeup"
)

const servedScenario = `apiVersion: podsim/v1alpha1
kind: Scenario
metadata: {name: served}
spec: {for: 10m}
---
apiVersion: podsim/v1alpha1
kind: NodeGroup
metadata: {name: workers}
spec: {count: 2, template: {status: {capacity: {cpu: 4, memory: 16Gi}}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: i, resources: {requests: {cpu: 500m, memory: 1Gi}}}]}
`

// served runs podsim serve on a folder and returns its address and what ends it, which
// returns the exit code.
func served(t *testing.T, dir string) (address string, end func() int) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	out, in := io.Pipe()
	code := make(chan int, 1)
	go func() {
		command := New(strings.NewReader(""), in, io.Discard)
		command.SetArgs([]string{"serve", dir, "--listen", "127.0.0.1:0"})
		code <- exitCode(command.ExecuteContext(ctx), os.Stderr)
		in.Close()
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(line, "http://")
	address, _, _ = strings.Cut(rest, "/")
	return "http://" + address, func() int {
		stop()
		return <-code
	}
}

func fetched(t *testing.T, address string) (status int, header http.Header, body string) {
	t.Helper()
	answer, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, answer.Header, string(text)
}

func runs(t *testing.T, args ...string) {
	t.Helper()
	if code := Main(args, strings.NewReader(""), io.Discard, os.Stderr); code != ExitPass {
		t.Fatalf("%q: exit code %d", args, code)
	}
}

func TestServeShowsWhatRunsLeave(t *testing.T) {
	dir := t.TempDir()
	scenario := filepath.Join(dir, "served.yaml")
	if err := os.WriteFile(scenario, []byte(servedScenario), 0o666); err != nil {
		t.Fatal(err)
	}
	runs(t, "run", scenario, "-o", filepath.Join(dir, "all", "one"))
	runs(t, "compare", scenario, "--policy", "default", "--policy", "random", "--seeds", "2", "-o", filepath.Join(dir, "all", "two"))
	runs(t, "plan", scenario, "--candidate", "workers=1..3", "--seeds", "1", "-o", filepath.Join(dir, "all", "three"))
	underWay(t, filepath.Join(dir, "all", "one"), filepath.Join(dir, "all", "four"))
	onlyLog(t, filepath.Join(dir, "all", "one"), filepath.Join(dir, "all", "five"))
	address, end := served(t, filepath.Join(dir, "all"))
	_, _, index := fetched(t, address+"/")
	for _, want := range []string{"5 reports", "comparison", "capacity plan", "seed 1, 10m", "cannot be told from", "Buy ", "under way"} {
		if !strings.Contains(index, want) {
			t.Errorf("the index does not say %q", want)
		}
	}
	for target, want := range map[string]string{
		"/report/0/one": "Over time", "/report/0/two": "What was compared", "/report/0/three": "What it withstands", "/report/0/four": "Under way at ", "/report/0/five": "Over time",
		"/watch/0/four": "for as long as it goes on",
	} {
		status, header, body := fetched(t, address+target)
		if status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: status %d, %q is missing", target, status, want)
		}
		if !strings.HasPrefix(header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: policy %q", target, header.Get("Content-Security-Policy"))
		}
		if live := strings.HasSuffix(target, "report/0/four"); live != (header.Get("Refresh") != "") {
			t.Errorf("%s: refresh %q", target, header.Get("Refresh"))
		}
	}
	if _, _, body := fetched(t, address+"/report/0/four"); !strings.Contains(body, "3 run now") || strings.Contains(body, "run at the end") {
		t.Error("the page of a run that goes on tells of its end")
	}
	refuses(t, address+"/report/0/one")
	if code := end(); code != ExitPass {
		t.Errorf("Ctrl-C ends it with %d", code)
	}
}

// refuses checks that the server answers to nobody but its user.
func refuses(t *testing.T, address string) {
	t.Helper()
	for name, c := range map[string]struct {
		method, host string
		want         int
	}{
		"foreign host": {http.MethodGet, "evil.example", http.StatusMisdirectedRequest}, "localhost": {http.MethodGet, "localhost", http.StatusOK},
		"post": {http.MethodPost, "", http.StatusMethodNotAllowed}, "delete": {http.MethodDelete, "", http.StatusMethodNotAllowed},
	} {
		request, err := http.NewRequestWithContext(t.Context(), c.method, address, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		request.Host = c.host
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != c.want {
			t.Errorf("%s: status %d; want %d", name, answer.StatusCode, c.want)
		}
	}
}

// The log of a run whose every name is hostile makes a page and a row of the index with
// no script but podsim's own.
func TestServeShowsHostileNamesAsText(t *testing.T) {
	dir := t.TempDir()
	log, err := madeup.Log()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, logFile+partial), log, 0o666); err != nil {
		t.Fatal(err)
	}
	address, end := served(t, dir)
	for target, scripts := range map[string]int{"/": 1, "/report/0": 2, "/watch/0": 0} {
		status, _, body := fetched(t, address+target)
		if n := strings.Count(body, "<script"); status != http.StatusOK || n != scripts {
			t.Errorf("%s: status %d with %d scripts; want %d", target, status, n, scripts)
		}
	}
	if code := end(); code != ExitPass {
		t.Errorf("exit code %d", code)
	}
}

// onlyLog leaves of a run its log.
func onlyLog(t *testing.T, run, rest string) {
	t.Helper()
	if err := os.Mkdir(rest, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Link(filepath.Join(run, logFile), filepath.Join(rest, logFile)); err != nil {
		t.Fatal(err)
	}
}

// underWay makes the folder of a run look as it does in the middle of the run.
func underWay(t *testing.T, run, unfinished string) {
	t.Helper()
	log, err := os.ReadFile(filepath.Join(run, logFile))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(unfinished, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(unfinished, logFile+partial), log[:len(log)-20], 0o666); err != nil {
		t.Fatal(err)
	}
}

func TestServeRefusesBadInput(t *testing.T) {
	dir := t.TempDir()
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"no folder":      {nil, "which folders?"},
		"missing folder": {[]string{filepath.Join(dir, "none")}, "no such file or directory"},
		"remote address": {[]string{dir, "--listen", "0.0.0.0:0"}, `--listen: got "0.0.0.0:0", which other machines may reach`},
		"no address":     {[]string{dir, "--listen", "here"}, `--listen: got "here"; want host:port`},
		"bad host":       {[]string{dir, "--allow-host", "http://x"}, `--allow-host: got host "http://x"`},
	} {
		t.Run(name, func(t *testing.T) {
			var problem strings.Builder
			if code := Main(append([]string{"serve"}, c.args...), strings.NewReader(""), io.Discard, &problem); code != ExitBadInput {
				t.Errorf("exit code %d", code)
			}
			if !strings.Contains(problem.String(), c.want) {
				t.Errorf("%q; want %q", problem.String(), c.want)
			}
		})
	}
}

func TestServeSaysWhatIsGivenUp(t *testing.T) {
	dir := t.TempDir()
	log, err := madeup.Log()
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, logFile+partial)
	if err := os.WriteFile(name, log, 0o666); err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(name, old, old); err != nil {
		t.Fatal(err)
	}
	address, end := served(t, dir)
	if _, _, body := fetched(t, address+"/report/0"); !strings.Contains(body, "Given up at ") {
		t.Error("the page does not say that the run was given up")
	}
	if code := end(); code != ExitPass {
		t.Errorf("exit code %d", code)
	}
}
