package demo

import (
	"testing"
	"time"

	"ward/internal/browser"
	"ward/store"
	"ward/web/auth"
	"ward/web/ui"
)

// picture is one page as it stands in the README; WARD_SHOTS names the folder
// (scripts/screenshots).
type picture struct {
	name, path    string
	width, height int
	dark, tour    bool
}

var pictures = []picture{
	{"worklist", "/", 1280, 860, false, true},
	{"worklist-dark", "/", 1280, 860, true, false},
	{"devices", "/devices", 1280, 860, false, false},
	{"device", "", 1280, 1000, false, false}, // the most urgent one
	{"network", "/network?internet=on", 1280, 860, false, false},
	{"tablet", "/devices", 820, 1100, false, false},
}

// The pictures are taken after the incident began.
func TestPictures(t *testing.T) {
	s := started(t, Options{Speed: 1200, Devices: 400, Seed: 1})
	s.comes("KEV lists BlueKeep", func() bool { return s.changed("CVE-2019-0708", s.begin().Add(days*day+time.Hour)) })
	s.comes("three hours more", func() bool { return s.clock.Now().After(s.begin().Add(incident + 3*time.Hour)) })
	b := browser.Open(t)
	link, err := s.invite()
	if err != nil {
		t.Fatal(err)
	}
	b.Look(1280, 860, false)
	b.Go(link)
	b.Do(browser.Until("document.querySelector('.tour') !== null"))
	b.Axe("../web/ui/node_modules/axe-core/axe.min.js")
	for _, p := range pictures {
		if p.path == "" {
			p.path = s.urgent()
		}
		b.Look(p.width, p.height, p.dark)
		b.Go(s.hub.Base.String() + p.path)
		b.Do(browser.Until("document.readyState === 'complete'"))
		if open := b.Eval("document.querySelector('.tour') !== null") == "true"; open != p.tour {
			b.Do(browser.Click(".demo-bar button"), browser.Until("document.readyState === 'complete'"))
		}
		time.Sleep(800 * time.Millisecond) // drawings come after the page
		b.Calm()
		b.View(p.name)
	}
}

// invite gives a fresh sign-in link: the first one was used.
func (s *site) invite() (string, error) {
	return auth.SignInLink(s.Context(), s.hub.Store, s.hub.Base, s.staff.you.ID, time.Now())
}

// urgent is the page of the device with the highest score.
func (s *site) urgent() string {
	page, err := s.hub.Store.Devices(s.Context(), store.DeviceFilter{Limit: 1})
	if err != nil || len(page.Devices) == 0 {
		s.Fatal("no devices: ", err)
	}
	return ui.DeviceLink(page.Devices[0].ID)
}
