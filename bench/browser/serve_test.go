package browser

import (
	"bufio"
	"os/exec"
	"regexp"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

var address = regexp.MustCompile(`http://[^ ]+/`)

// served starts podsim serve over all that was made, and returns its address.
func served(t *testing.T) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), folder+"/podsim", "serve", folder, "--listen", "127.0.0.1:0")
	out, err := command.StdoutPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = command.Wait() }) // ended with the context of the test
	line, err := bufio.NewReader(out).ReadString('\n')
	url := address.FindString(line)
	if url == "" {
		t.Fatalf("got %q, %v; want the address of the server", line, err)
	}
	return url
}

// A list of all that is in the folder leads to each page, by keyboard, too.
func TestServedPagesAreListedAndOpen(t *testing.T) {
	url := served(t)
	for _, screen := range []Screen{desk, phone} {
		t.Run(screen.Name, func(t *testing.T) {
			pages["list"] = url
			defer delete(pages, "list")
			v := visit(t, "list", screen)
			keep(t, v, "list-"+screen.Name)
			if wide := ask[int64](t, v, "document.documentElement.scrollWidth"); wide > screen.Width {
				t.Errorf("the list is %d pixels wide on a screen of %d", wide, screen.Width)
			}
			if links := ask[int](t, v, "document.querySelectorAll('main a').length"); links != 5 {
				t.Errorf("%d pages are listed; want three runs (of one there is only the log), a comparison and a plan", links)
			}
			do(t, v, focus("main a"), press(kb.Enter), chromedp.WaitVisible(".verdict", chromedp.ByQuery))
			if at := ask[string](t, v, "location.href"); at == url {
				t.Error("the link leads nowhere")
			}
		})
	}
}
