package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// writeTo has write fill the file at path. A regular file, and one that is not there yet, appears whole or stays as it
// was: a new one is for its owner alone, one that is replaced keeps its mode, a link keeps pointing at it. Into a pipe
// or a device it is written straight. A directory, and a place where nothing can be written, is unusable.
func writeTo(path string, write func(io.Writer) error) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return writeNew(path, write)
	case err != nil:
		return unusable{fmt.Errorf("--output: %w", err)}
	case info.IsDir():
		return unusable{fmt.Errorf("--output: %s is a directory", path)}
	case !info.Mode().IsRegular():
		return writeStraight(path, write)
	}
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return unusable{fmt.Errorf("--output: %w", err)}
	}
	return replace(target, info.Mode().Perm(), write)
}

// writeNew makes a file where nothing is. A link to nothing is not followed: where it leads is for its owner to mend.
func writeNew(path string, write func(io.Writer) error) error {
	if _, err := os.Lstat(path); err == nil {
		return unusable{fmt.Errorf("--output: %s is a link to a file that does not exist", path)}
	}
	folder := filepath.Dir(path)
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return unusable{fmt.Errorf("--output: there is no directory %s", folder)}
	}
	return replace(path, 0o600, write)
}

// writeStraight writes into what is no file; a pipe is waited for until somebody reads it.
func writeStraight(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return unusable{fmt.Errorf("--output: %w", err)}
	}
	return errors.Join(write(f), f.Close())
}

// replace fills a file beside the target and, once it is whole, puts it there.
func replace(target string, mode fs.FileMode, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(target), ".entregent-*") // 0600
	if err != nil {
		if place := new(fs.PathError); errors.As(err, &place) {
			err = place.Err
		}
		return unusable{fmt.Errorf("--output: %s: %w", filepath.Dir(target), err)}
	}
	defer os.Remove(f.Name()) // nothing, once it bears its own name
	if err := errors.Join(write(f), f.Chmod(mode), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), target)
}
