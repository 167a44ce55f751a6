package browser

import (
	"context"
	"os"
	"path/filepath"

	"github.com/chromedp/chromedp"
)

// View keeps a picture of what the window shows, small, where WARD_SHOTS
// names a folder. Shot keeps the whole page.
func (b *Browser) View(name string) {
	b.t.Helper()
	folder := os.Getenv("WARD_SHOTS")
	if folder == "" {
		return
	}
	ctx, stop := context.WithTimeout(b.ctx, patience)
	defer stop()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err == nil {
		png, err = small(png)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, name+".png"), png, 0o644)
	}
	if err != nil {
		b.t.Error(err)
	}
}
