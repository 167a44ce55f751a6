package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"ward/config"
	"ward/store"
)

// place is where a hub keeps everything, for the commands beside ward serve.
type place struct {
	Data     string `env:"WARD_DATA" placeholder:"DIR" help:"Data folder of the hub (default: ~/.local/share/ward)."`
	Database string `env:"WARD_DATABASE" placeholder:"URL" help:"postgres://..., where the hub uses one."`
}

func (p *place) folder() (string, error) {
	if p.Data != "" {
		return filepath.Abs(p.Data) // kong's own paths make "." of an empty variable
	}
	return config.DataDir()
}

// options name the store of the folder.
func (p *place) options(dir string) store.Options {
	return store.Options{Path: filepath.Join(dir, config.StoreFile), URL: p.Database}
}

// read opens the store to read it; a hub may be running.
func (p *place) read(ctx context.Context) (s *store.Store, dir string, err error) {
	if dir, err = p.folder(); err != nil {
		return nil, "", err
	}
	s, err = store.OpenReadOnly(ctx, p.options(dir))
	if errors.Is(err, store.ErrNoStore) {
		err = fmt.Errorf("%w\nhint: --data DIR names the folder of the hub; ward serve makes one", err)
	}
	return s, dir, err
}

// write opens the store that is there to change it; no hub may be running.
func (p *place) write(ctx context.Context) (*store.Store, error) {
	s, dir, err := p.read(ctx) // a wrong folder must not become a new store
	if err != nil {
		return nil, err
	}
	if err := s.Close(); err != nil {
		return nil, err
	}
	return store.Open(ctx, p.options(dir))
}
