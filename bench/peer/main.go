// Command peer is the product's peer in measurements: PocketBase, as a program that keeps the same rows, with its own
// defaults, the indexes that its documentation recommends for such questions, a signed-in user and rules that ask for one.
//
//	peer fill -from PRODUCT.db -data DIRECTORY    takes the rows of a product's SQLite over
//	peer serve -data DIRECTORY -addr HOST:PORT    serves them until it is interrupted
//
// It is a module of its own, since what it needs is no need of the product, nor of other measurements.
package main

import (
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/apis"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "peer:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		return errors.New("fill or serve?")
	}
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	from := flags.String("from", "", "the product's SQLite file (fill)")
	data := flags.String("data", "", "directory of PocketBase's own files")
	address := flags.String("addr", "127.0.0.1:8090", "where to listen (serve)")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	app := pocketbase.NewWithConfig(pocketbase.Config{DefaultDataDir: *data, HideStartBanner: true})
	if err := app.Bootstrap(); err != nil {
		return err
	}
	switch args[0] {
	case "fill":
		return fill(app, *from)
	case "serve":
		if err := apis.Serve(app, apis.ServeConfig{HttpAddr: *address}); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	}
	return fmt.Errorf("%q is neither fill nor serve", args[0])
}
