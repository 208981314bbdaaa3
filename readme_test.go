package podsim_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/podsim/podsim/cmd/podsim/app"
	"github.com/podsim/podsim/scenarios"
)

// block returns the fenced code block of the README that begins so.
func block(t *testing.T, start string) string {
	t.Helper()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(text), "```"+start)
	if !ok {
		t.Fatalf("README.md has no block that begins with %q", start)
	}
	inside, _, _ := strings.Cut(rest, "```")
	return inside
}

func TestTheReadmeShowsTrueOutput(t *testing.T) {
	output := string(simulate(t, "zone-outage", 2).text)
	shown := block(t, "\n$ go run ./cmd/podsim run\n")
	for _, line := range strings.Split(strings.TrimSpace(shown), "\n") {
		if line != "…" && line != "scenario zone-outage" && !strings.Contains(output, line) {
			t.Errorf("the run does not print the line %q", line)
		}
	}
}

func TestTheReadmeShowsATrueUpgrade(t *testing.T) {
	output := string(simulate(t, "rolling-upgrade", 1).text)
	for _, line := range strings.Split(strings.TrimSpace(block(t, "\n$ go run ./cmd/podsim run rolling-upgrade\n")), "\n") {
		if line != "…" && line != "scenario rolling-upgrade" && !strings.Contains(output, line+"\n") {
			t.Errorf("the run does not print the line %q", line)
		}
	}
}

func TestTheReadmeShowsATrueComparison(t *testing.T) { showsWhatIsPrinted(t, "compare") }

func TestTheReadmeShowsATruePlan(t *testing.T) { showsWhatIsPrinted(t, "plan") }

// showsWhatIsPrinted runs the verb of a block of the README as it stands there.
func showsWhatIsPrinted(t *testing.T, verb string) {
	t.Helper()
	arguments, shown, _ := strings.Cut(block(t, "\n$ go run ./cmd/podsim "+verb+" "), "\n")
	var output, problems bytes.Buffer
	if code := app.Main(append([]string{verb}, strings.Fields(arguments)...), strings.NewReader(""), &output, &problems); code != app.ExitPass {
		t.Fatalf("exit code %d: %s", code, &problems)
	}
	for _, line := range strings.Split(strings.TrimSpace(shown), "\n") {
		if line != "…" && !strings.Contains(output.String(), line+"\n") {
			t.Errorf("podsim %s does not print the line %q", verb, line)
		}
	}
}

func TestTheReadmeShowsTrulyWhyAPodWasPending(t *testing.T) {
	run, rest, _ := strings.Cut(block(t, "\n$ podsim run batch-burst "), "\n$ podsim why out/ ")
	question, shown, _ := strings.Cut(rest, "\n")
	dir := t.TempDir() + "/out"
	for _, command := range []string{"run batch-burst " + strings.Replace(strings.TrimSpace(run), "out/", dir, 1), "why " + dir + " " + question} {
		var output, problems bytes.Buffer
		if code := app.Main(strings.Fields(command), strings.NewReader(""), &output, &problems); code != app.ExitPass {
			t.Fatalf("podsim %s: exit code %d: %s", command, code, &problems)
		}
		if !strings.HasPrefix(command, "why") {
			continue
		}
		if shown = strings.TrimSuffix(shown, "…\n"); !strings.HasPrefix(output.String(), shown) {
			t.Errorf("the README shows\n%s\nit is\n%s", shown, &output)
		}
	}
}

func TestTheScenarioInTheReadmeIsValid(t *testing.T) {
	text := block(t, "yaml\n")
	if _, err := scenarios.Load(scenarios.Input{Files: []scenarios.File{{Name: "README.md", Reader: strings.NewReader(text)}}}); err != nil {
		t.Error(err)
	}
}

// Commands that let no time pass are shown with all that they print.
func TestTheReadmeShowsWherePodsLand(t *testing.T) {
	for _, verb := range []string{"place", "fit"} {
		command := "\n$ go run ./cmd/podsim " + verb + " "
		arguments, want, _ := strings.Cut(block(t, command), "\n")
		var got, problems bytes.Buffer
		args := append([]string{verb}, strings.Fields(arguments)...)
		if code := app.Main(args, strings.NewReader(""), &got, &problems); code != app.ExitPass {
			t.Errorf("podsim %s: exit code %d: %s", strings.Join(args, " "), code, &problems)
		}
		if got.String() != want {
			t.Errorf("podsim %s prints\n%s\nand not\n%s", strings.Join(args, " "), &got, want)
		}
	}
}
