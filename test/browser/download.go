package browser

import (
	"context"
	"os"
	"path/filepath"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
)

// Download clicks the thing with that role and name, and gives the name and the content of the file that
// comes of it.
func (x *Part) Download(role, name string) (file string, content []byte) {
	p := x.page
	p.t.Helper()
	dir := p.t.TempDir()
	ctx, cancel := context.WithTimeout(p.ctx, Patience)
	defer cancel()
	_, err := chromedp.CallBrowser(ctx, cdpbrowser.SetDownloadBehavior, cdpbrowser.SetDownloadBehaviorParams{
		Behavior:         cdpbrowser.SetDownloadBehaviorBehaviorAllowAndName,
		BrowserContextID: chromedp.FromContext(p.ctx).BrowserContextID,
		DownloadPath:     dir,
		EventsEnabled:    new(true),
	})
	p.must(err)
	begun := chromedp.BrowserEvents(ctx, cdpbrowser.DownloadWillBegin)
	progress := chromedp.BrowserEvents(ctx, cdpbrowser.DownloadProgress)
	x.Click(role, name)
	var id string
	for e, err := range begun {
		p.must(err)
		if p.watch.isOurs(string(e.FrameID)) {
			id, file = e.GUID, e.SuggestedFilename
			break
		}
	}
	for e, err := range progress {
		p.must(err)
		if e.GUID == id && e.State != cdpbrowser.DownloadProgressStateInProgress {
			break
		}
	}
	content, err = os.ReadFile(filepath.Join(dir, id))
	p.must(err)
	return file, content
}
