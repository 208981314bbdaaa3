package browser

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/podsim/podsim/reports/hostile/madeup"
)

var pictures = flag.String("pictures", "", "a folder for pictures of all pages, to be looked at")

// opensWithin is how long a reader waits for a page.
const opensWithin = 3 * time.Second

// file is the page in a folder that podsim wrote.
const file = "report.html"

var (
	desk  = Screen{Name: "desk", Width: 1280, Height: 900}
	dark  = Screen{Name: "dark", Width: 1280, Height: 900, Dark: true}
	phone = Screen{Name: "phone", Width: 360, Height: 740, Density: 2, Touch: true}
	calm  = Screen{Name: "calm", Width: 1280, Height: 900, Calm: true}
	plain = Screen{Name: "unscripted", Width: 1280, Height: 900, NoScript: true}
)

var (
	chromium *Browser
	folder   string                // where podsim is, and what it wrote
	pages    = map[string]string{} // by kind, as addresses
)

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(run(m))
}

func run(m *testing.M) int {
	var err error
	if folder, err = os.MkdirTemp("", "podsim-browser"); err != nil {
		return fail(err)
	}
	defer os.RemoveAll(folder)
	if err := makePages(); err != nil {
		return fail(err)
	}
	if chromium, err = Start(context.Background()); err != nil {
		return fail(fmt.Errorf("chromium is needed (apt-get install chromium): %w", err))
	}
	defer chromium.Close()
	return m.Run()
}

func fail(err error) int {
	fmt.Fprintln(os.Stderr, err)
	return 1
}

// makePages lets podsim write a page of every kind, as its users do.
func makePages() error {
	podsim := filepath.Join(folder, "podsim")
	build := exec.Command("go", "build", "-o", podsim, "./cmd/podsim")
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	for kind, arguments := range map[string][]string{
		"run":        {"run", "zone-outage"},
		"large":      {"run", "-f", "bench/browser/testdata/large.yaml"},
		"comparison": {"compare", "zone-outage", "--policy", "default", "--policy", "best-fit", "--seeds", "4"},
		"plan":       {"plan", "zone-outage", "--candidate", "workers=54..63/3", "--seeds", "1"},
	} {
		out := filepath.Join(folder, kind)
		command := exec.Command(podsim, append(arguments, "-o", out)...)
		command.Dir = "../.."
		if text, err := command.CombinedOutput(); err != nil {
			return fmt.Errorf("podsim %s: %w\n%s", strings.Join(arguments, " "), err, text)
		}
		pages[kind] = "file://" + filepath.Join(out, file)
	}
	return makeHostile(podsim, filepath.Join(folder, "hostile"))
}

// makeHostile makes the page of a run in which every name is hostile.
func makeHostile(podsim, folder string) error {
	log, err := madeup.Log()
	if err != nil {
		return err
	}
	path := filepath.Join(folder, "operations.log")
	if err := errors.Join(os.Mkdir(folder, 0o755), os.WriteFile(path, log, 0o644)); err != nil {
		return err
	}
	out := filepath.Join(folder, file)
	if text, err := exec.Command(podsim, "report", path, "-o", out).CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, text)
	}
	pages["hostile"] = "file://" + out
	return nil
}

func visit(t *testing.T, kind string, screen Screen) *Visit {
	t.Helper()
	v, err := chromium.Visit(pages[kind], screen)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, trouble := range v.Troubles() {
			t.Errorf("the page %s", trouble)
		}
		v.Close()
	})
	return v
}

func do(t *testing.T, v *Visit, actions ...chromedp.Action) {
	t.Helper()
	if err := v.Do(actions...); err != nil {
		t.Fatal(err)
	}
}

func ask[T any](t *testing.T, v *Visit, expression string) T {
	t.Helper()
	answer, err := Ask[T](v, expression)
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return answer
}

func wait(t *testing.T, v *Visit, expression string) {
	t.Helper()
	if err := v.Wait(expression); err != nil {
		t.Fatal(err)
	}
}

func TestPagesOpenFromDiskSoonAndQuietly(t *testing.T) {
	for kind := range pages {
		for _, screen := range []Screen{desk, dark, phone, calm, plain} {
			t.Run(kind+"/"+screen.Name, func(t *testing.T) {
				v := visit(t, kind, screen)
				if v.Opened > opensWithin {
					t.Errorf("the page opened in %v; want %v at most", v.Opened, opensWithin)
				}
				if wide := ask[int64](t, v, "document.documentElement.scrollWidth"); wide > screen.Width {
					t.Errorf("the page is %d pixels wide on a screen of %d", wide, screen.Width)
				}
				if ask[float64](t, v, "document.querySelector('.verdict').getBoundingClientRect().bottom") > float64(screen.Height) {
					t.Error("the verdict is not in sight")
				}
				keep(t, v, kind+"-"+screen.Name)
			})
		}
	}
}

// keep keeps a picture for those who asked for pictures.
func keep(t *testing.T, v *Visit, name string) {
	t.Helper()
	if *pictures == "" {
		return
	}
	picture, err := v.Look("")
	if err == nil {
		err = os.MkdirAll(*pictures, 0o755)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(*pictures, name+".png"), picture, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestPagesAreReadWithoutTheirScript(t *testing.T) {
	v := visit(t, "run", plain)
	text := ask[string](t, v, "document.querySelector('main').innerText")
	for _, part := range []string{"no script runs here", "Deployment/web"} {
		if !strings.Contains(text, part) {
			t.Errorf("the page does not say %q", part)
		}
	}
	if n := ask[int](t, v, "document.querySelectorAll('canvas').length"); n != 0 {
		t.Errorf("%d canvases were made by a script that may not run", n)
	}
}

func TestNothingInThePageCanActButItsScript(t *testing.T) {
	v, err := chromium.Visit(pages["run"], desk)
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	do(t, v, chromedp.Evaluate(`
		window.refused = [];
		document.addEventListener("securitypolicyviolation", (event) => refused.push(event.effectiveDirective));
		const script = document.createElement("script");
		script.textContent = "window.acted = true";
		document.body.append(script);
		document.body.insertAdjacentHTML("beforeend", '<p style="color: red" onclick="window.acted = true">x</p><img src="https://podsim.invalid/x.png">');
		document.body.lastElementChild.previousElementSibling.click();
		fetch("https://podsim.invalid/").catch(() => {});
		null`, nil))
	wait(t, v, "refused.length >= 5")
	got := ask[[]string](t, v, "[...refused].sort()")
	want := []string{"connect-src", "img-src", "script-src-attr", "script-src-elem", "style-src-attr"}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("refused %v; want %v", got, want)
	}
	if ask[bool](t, v, "'acted' in window") {
		t.Error("a script acted that the policy does not name")
	}
}

func TestThemesFollowTheSystemUntilOneIsChosen(t *testing.T) {
	paper := "getComputedStyle(document.documentElement).backgroundColor"
	light, night := visit(t, "run", desk), visit(t, "run", dark)
	if a, b := ask[string](t, light, paper), ask[string](t, night, paper); a == b {
		t.Fatalf("both themes have the background %s", a)
	}
	before := ask[string](t, night, pixels("#heatmap canvas"))
	do(t, night, chromedp.Evaluate("document.querySelector('[name=podsim-theme][value=light]').focus()", nil), chromedp.KeyEvent(" "))
	if a, b := ask[string](t, light, paper), ask[string](t, night, paper); a != b {
		t.Errorf("the chosen theme has the background %s; want %s", b, a)
	}
	wait(t, night, pixels("#heatmap canvas")+" !== "+fmt.Sprintf("%q", before))
}

// pixels is an expression of the colours of some dots of a canvas.
func pixels(canvas string) string {
	return fmt.Sprintf(`(() => {
		const drawn = document.querySelector(%q);
		const canvas = Object.assign(document.createElement("canvas"), { width: drawn.width, height: drawn.height });
		const context = canvas.getContext("2d", { willReadFrequently: true });
		context.drawImage(drawn, 0, 0);
		const dots = [];
		for (let i = 1; i < 20; i++) for (let k = 1; k < 8; k++) {
			dots.push(context.getImageData(canvas.width * i / 20, canvas.height * k / 8, 1, 1).data.slice(0, 3).join(","));
		}
		return dots.join(" ");
	})()`, canvas)
}

func TestEverythingIsDrawn(t *testing.T) {
	for _, screen := range []Screen{desk, dark, phone} {
		t.Run(screen.Name, func(t *testing.T) {
			v := visit(t, "run", screen)
			for _, canvas := range []string{"#overtime canvas", "#playback canvas", "#heatmap canvas", "#lifelines .axis-head canvas", "#lifelines .rows canvas"} {
				wait(t, v, fmt.Sprintf("new Set(%s.split(' ')).size > 1", pixels(canvas)))
			}
		})
	}
}

func TestPaperIsLightWithoutControls(t *testing.T) {
	v := visit(t, "run", dark)
	paper, err := v.Print()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(paper), "%PDF-") || len(paper) < 20000 {
		t.Errorf("got %d bytes that are no page with charts", len(paper))
	}
	if *pictures != "" {
		if err := os.WriteFile(filepath.Join(*pictures, "run-paper.pdf"), paper, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	wait(t, v, "!document.documentElement.classList.contains('paper') && !('theme' in document.documentElement.dataset)")
}
