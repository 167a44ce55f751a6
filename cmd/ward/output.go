package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// output is a file that a command writes. What stood there before stays until
// the new content is whole: a full disk or a stopped run leaves the old file.
// Pipes and devices are written directly.
type output struct {
	*bufio.Writer
	f    *os.File
	path string // where the file goes in the end; empty: it is there already
}

// create begins the file at path. It refuses a path that one of the inputs has:
// nobody wants a capture overwritten by its own analysis.
func create(path string, inputs ...string) (*output, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return createBeside(path)
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, fmt.Errorf("%s is a folder\nhint: name a file", path)
	case !info.Mode().IsRegular():
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return nil, err
		}
		return &output{Writer: bufio.NewWriterSize(f, outputBuffer), f: f}, nil
	}
	for _, input := range inputs {
		if isOrHolds(input, path, info) {
			return nil, fmt.Errorf("%s is an input of this analysis and would be overwritten\nhint: name another file", path)
		}
	}
	whole, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil, err
	}
	o, err := createBeside(whole)
	if err != nil {
		return nil, err
	}
	if err := o.f.Chmod(info.Mode().Perm()); err != nil {
		o.Discard()
		return nil, err
	}
	return o, nil
}

const outputBuffer = 1 << 20

// createBeside begins a file in the folder of path that takes its name later.
func createBeside(path string) (*output, error) {
	folder, name := filepath.Split(path)
	f, err := os.OpenFile(fmt.Sprintf("%s.ward-%d-%s", folder, os.Getpid(), name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return nil, err
	}
	return &output{Writer: bufio.NewWriterSize(f, outputBuffer), f: f, path: path}, nil
}

// isOrHolds tells whether input is the file at path, or a folder it is in.
func isOrHolds(input, path string, file fs.FileInfo) bool {
	in, err := os.Stat(input)
	if err != nil {
		return false
	}
	if !in.IsDir() {
		return os.SameFile(in, file)
	}
	folder, err := os.Stat(filepath.Dir(path))
	return err == nil && os.SameFile(in, folder)
}

// Close ends the file and gives it its name.
func (o *output) Close() error {
	err := o.Flush()
	if closeErr := o.f.Close(); err == nil {
		err = closeErr
	}
	if o.path == "" {
		return err
	}
	if err == nil {
		err = os.Rename(o.f.Name(), o.path)
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", o.path, errors.Join(err, os.Remove(o.f.Name())))
	}
	return err
}

// Discard gives the file up; what stood there before stays.
func (o *output) Discard() {
	o.f.Close()
	if o.path != "" {
		os.Remove(o.f.Name())
	}
}

// replaceFile writes a file as a whole or not at all.
func replaceFile(path string, write func(io.Writer) error) error {
	o, err := create(path)
	if err != nil {
		return err
	}
	if err := write(o); err != nil {
		o.Discard()
		return err
	}
	return o.Close()
}
