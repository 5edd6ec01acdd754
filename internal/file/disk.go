package file

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"syscall"
	"time"
)

// disk is where the bytes are: a folder that nothing leads out of. These four methods are all that the rest of the
// package knows of it, so that another place for bytes needs no more.
//
// A blob stands in one of 256 folders, named by the end of its name, which is random. One on its way is called by its
// name with «.part» behind it in the folder «incoming».
type disk struct{ root *os.Root }

const incoming = "incoming"

// openDisk makes the folder, for its owner alone, when it is missing.
func openDisk(dir string) (disk, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return disk{}, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return disk{}, err
	}
	d := disk{root}
	return d, d.folder(incoming)
}

// folder makes one below, and makes its name last.
func (d disk) folder(name string) error {
	err := d.root.Mkdir(name, 0o700)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return errors.Join(err, d.sync("."))
}

// sync makes the names in a folder outlive a power cut.
func (d disk) sync(folder string) error {
	f, err := d.root.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func place(name string) string { return path.Join(name[len(name)-2:], name) }

// create has fill write a blob; it is there, whole and on the disk, when create returns nil, and not at all otherwise. Its
// age counts from at.
func (d disk) create(name string, at time.Time, fill func(f *os.File) error) (err error) {
	part := path.Join(incoming, name+".part")
	f, err := d.root.OpenFile(part, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, ignore(d.root.Remove(part), fs.ErrNotExist), d.remove(name))
		}
	}()
	err = fill(f)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := d.root.Chtimes(part, at, at); err != nil {
		return err
	}
	folder := path.Dir(place(name))
	if err := d.folder(folder); err != nil {
		return err
	}
	if err := d.root.Rename(part, place(name)); err != nil {
		return err
	}
	return d.sync(folder)
}

// open reads a blob; fs.ErrNotExist when there is none.
func (d disk) open(name string) (*os.File, error) { return d.root.Open(place(name)) }

// remove takes a blob away, or one on its way («.part»); there is none is no error.
func (d disk) remove(name string) error {
	at := place(name)
	if path.Ext(name) != "" {
		at = path.Join(incoming, name)
	}
	return ignore(d.root.Remove(at), fs.ErrNotExist)
}

// list hands over the names of all blobs, those on their way too, many at a time; old reports whether one has not been
// touched since an instant.
func (d disk) list(each func(names []string, old func(name string, since time.Time) bool) error) error {
	folders, err := fs.ReadDir(d.root.FS(), ".")
	if err != nil {
		return err
	}
	for _, folder := range folders {
		if !folder.IsDir() {
			continue
		}
		if err := d.listFolder(folder.Name(), each); err != nil {
			return err
		}
	}
	return nil
}

func (d disk) listFolder(folder string, each func(names []string, old func(string, time.Time) bool) error) error {
	f, err := d.root.Open(folder)
	if err != nil {
		return err
	}
	defer f.Close()
	old := func(name string, since time.Time) bool {
		info, err := d.root.Stat(path.Join(folder, name))
		return err == nil && info.ModTime().Before(since)
	}
	for {
		names, err := f.Readdirnames(500)
		if len(names) > 0 {
			if err := each(names, old); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// ignore is err, unless it is what was to be expected.
func ignore(err, expected error) error {
	if errors.Is(err, expected) {
		return nil
	}
	return err
}

// IsFull reports whether err says that the disk, or what its owner may use of it, is full.
func IsFull(err error) bool { return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) }
