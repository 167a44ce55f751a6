package web

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"ward/intake"
	"ward/internal/browser"
	"ward/internal/seed"
	"ward/internal/shareddata"
	"ward/people"
	"ward/store"
)

// serve serves the site on loopback to a browser, as its person.
func (s *site) serve() string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.handler.ServeHTTP(w, r.WithContext(people.NewContext(r.Context(), &people.Who{Person: s.person, Session: "s"})))
	}))
	s.Cleanup(func() { server.CloseClientConnections(); server.Close() })
	return server.URL
}

func TestUploadInABrowser(t *testing.T) {
	s, _ := newIntakeSite(t, intake.Deps{})
	b, base := browser.Open(t), s.serve()
	b.Go(base + "/imports")
	b.Do(browser.Files("#file", filepath.Join(shareddata.Dir(t), "pcap", "ndpi", "vnc.pcap")),
		browser.Until(`document.querySelector("#uploads a.button") !== null`),
		browser.Until(`document.querySelector("#imports .state-done") !== null`)) // by itself
	b.Calm()
}

func TestLiveKeepsWhatIsTyped(t *testing.T) {
	s := newSite(t, 12)
	b, base := browser.Open(t), s.serve()
	b.Go(base + "/devices")
	b.Do(browser.Until(`document.querySelectorAll("tbody [data-row]").length === 12`), chromedp.Sleep(500*time.Millisecond))
	// A box that is ticked and a word that is typed stay, and news is offered.
	b.Do(browser.Click(`tbody input[name=device]`), browser.Type("#bulk-value", "Ward 3"))
	if err := seed.Fill(t.Context(), s.store, 14); err != nil {
		t.Fatal(err)
	}
	b.Do(browser.Until(`!document.getElementById("news").hidden`))
	if got := b.Eval(`document.getElementById("bulk-value").value + document.activeElement.id + document.querySelectorAll("tbody [data-row]").length`); !strings.Contains(got, "Ward 3bulk-value12") {
		t.Errorf("what was typed is %s", got)
	}
	b.Do(browser.Click("#news"), browser.Until(`document.querySelectorAll("tbody [data-row]").length === 14`))
	// With nothing typed the list follows by itself, and the focus stays.
	b.Eval(`document.querySelector("tbody [data-row] a").focus(), window.kept = document.activeElement.href`)
	if err := seed.Fill(t.Context(), s.store, 16); err != nil {
		t.Fatal(err)
	}
	b.Do(browser.Until(`document.querySelectorAll("tbody [data-row]").length === 16`), browser.Until(`document.activeElement.href === window.kept`))
	b.Calm()
	b.Go(base + "/feeds")
	if err := s.store.PutFeed(t.Context(), store.Feed{Name: "kev", Kind: "kev", Enabled: true, Updated: s.store.Now(), StaleDays: 7}); err != nil {
		t.Fatal(err)
	}
	b.Do(browser.Until(`document.querySelector("#feeds .feed") !== null`))
	b.Calm()
}
