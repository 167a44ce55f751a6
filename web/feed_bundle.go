package web

import (
	"errors"
	"net/http"
	"os"

	"ward/vuln/feed/bundle"
	"ward/web/ui"
)

// maxBundle is the size of a bundle that is taken through the browser, in bytes.
const maxBundle = 4 << 30

// importBundle takes in a signed bundle of feeds. A bad one changes nothing.
func (s *Server) importBundle(w http.ResponseWriter, r *http.Request) error {
	if s.ImportBundle == nil {
		return refuse(http.StatusConflict, "This hub trusts no key for bundles.", "Start it with --trust and the public key of whoever makes the bundles.")
	}
	name, f, err := s.takeFile(w, r, maxBundle)
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if err := f.Close(); err != nil {
		return err
	}
	if err := s.ImportBundle(r.Context(), f.Name()); err != nil {
		return bundleProblem(err)
	}
	if err := s.Store.Audit(r.Context(), actor(r), "feed.import_bundle", "feeds", ui.Neutral(name)); err != nil {
		return err
	}
	http.Redirect(w, r, "/feeds?taken=1", http.StatusSeeOther)
	return nil
}

func bundleProblem(err error) error {
	for _, p := range []struct {
		is            error
		message, hint string
	}{
		{bundle.ErrFormat, "This is no bundle of feeds, or a damaged one.", "Carry it over again and compare its SHA-256. Nothing was changed."},
		{bundle.ErrSignature, "The bundle is not signed by a key this hub trusts.", "Ask who made it for their public key and compare it by telephone. Nothing was changed."},
		{bundle.ErrDigest, "The bundle is not what was signed.", "It was damaged or changed on its way: carry it over again. Nothing was changed."},
		{bundle.ErrOlder, "The bundle is older than the feeds that are here.", "Make a newer one. Nothing was changed."},
		{bundle.ErrEncrypted, "The bundle is encrypted.", "Take it in with ward feeds import and the identity file. Nothing was changed."},
		{bundle.ErrUnsafe, "The bundle holds a name that is refused.", "Do not use it, and tell whoever made it. Nothing was changed."},
		{bundle.ErrSpace, "The bundle is larger than allowed.", "Make one with fewer feeds. Nothing was changed."},
	} {
		if errors.Is(err, p.is) {
			return &Refusal{http.StatusUnprocessableEntity, ui.Problem{Message: p.message, Hint: p.hint}}
		}
	}
	return err
}
