package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/podsim/podsim/cmd/podsim/app"
)

// TestARealPrometheus asks a Prometheus about runs: one that was exported and made into its
// blocks, whose numbers must be those of podsim get, and one that goes on and is scraped. It
// wants prometheus and promtool, and PODSIM_PROMETHEUS=1.
func TestARealPrometheus(t *testing.T) {
	if os.Getenv("PODSIM_PROMETHEUS") == "" {
		t.Skip("PODSIM_PROMETHEUS is not set")
	}
	dir := t.TempDir()
	run, text, blocks := filepath.Join(dir, "run"), filepath.Join(dir, "metrics.txt"), filepath.Join(dir, "blocks")
	podsim(t, "run", "batch-burst", "--for", "3h", "-o", run, "--no-progress")
	podsim(t, "export", run, "--format", "openmetrics", "--interval", "30s", "-o", text)
	command(t, nil, "promtool", "tsdb", "create-blocks-from", "openmetrics", text, blocks)

	live := startLive(t)
	page := get(t, "http://"+live+"/metrics")
	command(t, bytes.NewReader(page), "promtool", "check", "metrics")
	command(t, nil, "promtool", "check", "config", filepath.Join(examples, "prometheus.yml"))

	server := startPrometheus(t, dir, blocks, live)
	compareWithGet(t, server, run)
	askDashboard(t, server)
	waitFor(t, func() bool { return len(server.ask("podsim_virtual_seconds{job=\"live\"}", time.Now())) == 1 })
	if up := server.ask("up{job=\"live\"}", time.Now()); up[""] != 1 {
		t.Errorf("the run that goes on is not scraped: %v", up)
	}
}

// compareWithGet holds Prometheus against the objects of the run at some moments.
func compareWithGet(t *testing.T, server *prometheusServer, run string) {
	t.Helper()
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) // where no scenario says another
	waited := 0.0
	for _, at := range []time.Duration{0, 30 * time.Second, 61 * time.Minute, 2 * time.Hour, 2*time.Hour + 7*time.Minute + 30*time.Second, 3 * time.Hour} {
		phases, queue := map[string]float64{}, map[string]float64{}
		requests := map[string]float64{}
		for _, pod := range podsAt(t, run, at) {
			phases[pod.Status.Phase]++
			if pod.Spec.NodeName == "" && pod.Status.Phase == "Pending" {
				queue["waiting"]++
			}
			requests[pod.Spec.NodeName] += pod.cpu(t)
		}
		when := start.Add(at)
		same(t, at, "sum by (phase) (kube_pod_status_phase) > 0", phases, server.ask("sum by (phase) (kube_pod_status_phase) > 0", when))
		asked := server.ask("sum(scheduler_pending_pods)", when)
		if asked[""] != queue["waiting"] {
			t.Errorf("at %s %g pods wait in the queue, want %g", at, asked[""], queue["waiting"])
		}
		waited += queue["waiting"]
		query := `sum by (node) (kube_pod_container_resource_requests{resource="cpu",unit="core"}) > 0`
		same(t, at, query, requests, server.ask(query, when))
		if nodes := server.ask(`sum(kube_node_status_condition{condition="Ready",status="true"})`, when); nodes[""] == 0 {
			t.Errorf("at %s no node is Ready", at)
		}
	}
	if waited == 0 {
		t.Error("no pod waits at any of the moments: they prove nothing")
	}
}

const examples = "../../../examples/grafana"

// askDashboard sends the queries of the dashboard: each is one, and most of them find something.
func askDashboard(t *testing.T, server *prometheusServer) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(examples, "podsim.json"))
	if err != nil {
		t.Fatal(err)
	}
	var dashboard struct {
		Panels []struct {
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(text, &dashboard); err != nil {
		t.Fatal(err)
	}
	asked, found := 0, 0
	for _, panel := range dashboard.Panels {
		for _, target := range panel.Targets {
			query := strings.NewReplacer("$window", "15m", "$namespace", ".*").Replace(target.Expr)
			asked++
			if len(server.ask(query, time.Date(2026, 1, 1, 2, 0, 0, 0, time.UTC))) > 0 {
				found++
			}
		}
	}
	if found < asked/2 {
		t.Errorf("%d queries of %d find something", found, asked)
	}
}

func same(t *testing.T, at time.Duration, query string, want, got map[string]float64) {
	t.Helper()
	text := func(m map[string]float64) string {
		rounded := map[string]string{}
		for key, value := range m {
			if value > 0 {
				rounded[key] = strconv.FormatFloat(value, 'f', 3, 64)
			}
		}
		return fmt.Sprint(rounded)
	}
	if text(want) != text(got) {
		t.Errorf("at %s %s:\n got %s\nwant %s", at, query, text(got), text(want))
	}
}

// shownPod is what is read of a pod.
type shownPod struct {
	Spec struct {
		NodeName   string
		Containers []struct {
			Resources struct{ Requests map[string]string }
		}
	}
	Status struct{ Phase string }
}

// cpu is what the containers of the pod request, in cores.
func (p *shownPod) cpu(t *testing.T) (sum float64) {
	for _, c := range p.Spec.Containers {
		text := c.Resources.Requests["cpu"]
		if text == "" {
			continue
		}
		milli, isMilli := strings.CutSuffix(text, "m")
		n, err := strconv.ParseFloat(milli, 64)
		if err != nil {
			t.Fatal(err)
		}
		if isMilli {
			n /= 1000
		}
		sum += n
	}
	return sum
}

func podsAt(t *testing.T, run string, at time.Duration) []shownPod {
	t.Helper()
	var list struct{ Items []shownPod }
	if err := json.Unmarshal(podsim(t, "get", "pods", "-A", "-o", "json", "--at", at.String(), run), &list); err != nil {
		t.Fatal(err)
	}
	return list.Items
}

// podsim runs a command line and returns what it prints.
func podsim(t *testing.T, args ...string) []byte {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := app.Main(args, strings.NewReader(""), &stdout, &stderr); code > app.ExitAssertion {
		t.Fatalf("podsim %v: exit %d\n%s", args, code, stderr.String())
	}
	return stdout.Bytes()
}

func command(t *testing.T, stdin io.Reader, name string, args ...string) {
	t.Helper()
	c := exec.Command(name, args...)
	c.Stdin = stdin
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
}

// startLive lets a run go on in real time and returns its address.
func startLive(t *testing.T) string {
	t.Helper()
	address := freeAddress(t)
	binary := filepath.Join(t.TempDir(), "podsim")
	command(t, nil, "go", "build", "-o", binary, "../")
	c := exec.Command(binary, "run", "zone-outage", "--speed", "60", "--listen", address, "--no-progress")
	begin(t, c)
	waitFor(t, func() bool {
		answer, err := http.Get("http://" + address + "/metrics")
		if err != nil {
			return false
		}
		answer.Body.Close()
		return answer.StatusCode == http.StatusOK
	})
	return address
}

type prometheusServer struct {
	t       *testing.T
	address string
}

func startPrometheus(t *testing.T, dir, blocks, live string) *prometheusServer {
	t.Helper()
	config := filepath.Join(dir, "prometheus.yml")
	yaml := fmt.Sprintf("global: {scrape_interval: 1s}\nscrape_configs: [{job_name: live, static_configs: [{targets: ['%s']}]}]\n", live)
	if err := os.WriteFile(config, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	server := &prometheusServer{t, freeAddress(t)}
	begin(t, exec.Command("prometheus", "--config.file="+config, "--storage.tsdb.path="+blocks, "--storage.tsdb.retention.time=100y",
		"--web.listen-address="+server.address))
	waitFor(t, func() bool {
		answer, err := http.Get("http://" + server.address + "/-/ready")
		if err != nil {
			return false
		}
		answer.Body.Close()
		return answer.StatusCode == http.StatusOK
	})
	return server
}

// ask is an instant query: the values by the one label that series have besides their job, if
// they have one.
func (s *prometheusServer) ask(query string, at time.Time) map[string]float64 {
	s.t.Helper()
	parameters := url.Values{"query": {query}, "time": {strconv.FormatInt(at.Unix(), 10)}}
	var answer struct {
		Data struct {
			Result []struct {
				Metric map[string]string
				Value  [2]any
			}
		}
	}
	if err := json.Unmarshal(get(s.t, "http://"+s.address+"/api/v1/query?"+parameters.Encode()), &answer); err != nil {
		s.t.Fatal(err)
	}
	out := map[string]float64{}
	for _, r := range answer.Data.Result {
		key := ""
		for name, value := range r.Metric {
			if name != "job" && name != "instance" && name != "__name__" {
				key = value
			}
		}
		n, err := strconv.ParseFloat(fmt.Sprint(r.Value[1]), 64)
		if err != nil {
			s.t.Fatal(err)
		}
		out[key] = n
	}
	return out
}

func get(t *testing.T, address string) []byte {
	t.Helper()
	answer, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v\n%s", address, answer.Status, err, text)
	}
	return text
}

// begin starts a program that ends with the test.
func begin(t *testing.T, c *exec.Cmd) {
	t.Helper()
	var said bytes.Buffer
	c.Stdout, c.Stderr = &said, &said
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Process.Signal(os.Interrupt); err != nil {
			t.Logf("%s ended by itself: %v", c.Path, err)
		}
		_ = c.Wait() // interrupted
		if t.Failed() {
			t.Logf("%s: %s", c.Path, said.String())
		}
	})
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func waitFor(t *testing.T, is func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	for !is() {
		select {
		case <-ctx.Done():
			t.Fatal("it did not come to that within three minutes")
		case <-time.After(100 * time.Millisecond):
		}
	}
}
