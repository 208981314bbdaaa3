package browser

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// charts are elements of charts that tell something of themselves, by kind of page.
var charts = map[string]struct{ element, says string }{
	"comparison": {"svg.strip[data-tip]", "mean"},
	"plan":       {"table.bars rect[data-tip]", "workers"},
}

func TestChartsTellOfThemselves(t *testing.T) {
	for kind, chart := range charts {
		t.Run(kind+"/keyboard", func(t *testing.T) {
			v := visit(t, kind, desk)
			do(t, v, focus(chart.element), press(kb.Tab))
			wait(t, v, fmt.Sprintf("%s.includes(%q)", tipText, chart.says))
			do(t, v, press(kb.Escape))
			wait(t, v, tipText+" === ''")
		})
		t.Run(kind+"/mouse", func(t *testing.T) {
			v := visit(t, kind, desk)
			x, y := middle(t, v, chart.element)
			do(t, v, chromedp.MouseEvent(input.MouseMoved, x, y))
			wait(t, v, fmt.Sprintf("%s.includes(%q)", tipText, chart.says))
		})
	}
}

// serve lets podsim serve the folder with all pages, and a run that is under way, and
// returns the address.
func serve(t *testing.T) string {
	t.Helper()
	folder := filepath.Dir(filepath.Dir(strings.TrimPrefix(pages["run"], "file://")))
	log, err := os.ReadFile(filepath.Join(folder, "run", "operations.log"))
	if err != nil {
		t.Fatal(err)
	}
	live := t.TempDir()
	if err := os.WriteFile(filepath.Join(live, "operations.log.partial"), log[:len(log)/2], 0o666); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(filepath.Join(folder, "podsim"), "serve", folder, live, "--listen", "127.0.0.1:0")
	out, err := command.StdoutPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := command.Process.Signal(os.Interrupt); err != nil {
			t.Error(err)
		}
		if err := command.Wait(); err != nil {
			t.Errorf("podsim serve ends with %v", err)
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	_, rest, found := strings.Cut(line, "http://")
	if err != nil || !found {
		t.Fatalf("%q, %v", line, err)
	}
	address, _, _ := strings.Cut(rest, "/")
	return "http://" + address
}

func TestServedPagesAreAsQuiet(t *testing.T) {
	address := serve(t)
	for path, element := range map[string]string{
		"/": "a[href='/report/0/comparison']", "/report/0/run": "#heatmap canvas", "/report/0/comparison": "svg.strip", "/report/0/plan": "table.bars",
	} {
		for _, screen := range []Screen{desk, dark, phone} {
			t.Run(path+" "+screen.Name, func(t *testing.T) {
				v, err := chromium.Visit(address+path, screen)
				if err != nil {
					t.Fatal(err)
				}
				defer v.Close()
				wait(t, v, fmt.Sprintf("document.querySelector(%q) !== null", element))
				if wide := ask[int64](t, v, "document.documentElement.scrollWidth"); wide > screen.Width {
					t.Errorf("the page is %d pixels wide on a screen of %d", wide, screen.Width)
				}
				for _, trouble := range v.Troubles() {
					t.Errorf("the page %s", trouble)
				}
				keep(t, v, "served-"+strings.ReplaceAll(strings.Trim(path, "/"), "/", "-")+"-"+screen.Name)
			})
		}
	}
}

func TestWhatIsUnderWayIsShownInAFrame(t *testing.T) {
	address := serve(t)
	v, err := chromium.Visit(address+"/watch/1", desk)
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	inside := "document.querySelector('iframe')?.contentDocument"
	wait(t, v, inside+"?.querySelector('#heatmap canvas') != null")
	wait(t, v, inside+"?.querySelector('.verdict')?.textContent.includes('Under way') === true")
	for _, trouble := range v.Troubles() {
		if !strings.HasPrefix(trouble, "asks for "+address+"/report/1") {
			t.Errorf("the page %s", trouble)
		}
	}
	keep(t, v, "watched")
}
