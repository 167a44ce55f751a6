// Command ward shows a hospital its connected medical devices, what is wrong
// with them and what to do first. One file per subcommand.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// version is set when a release is built.
var version = "dev"

// Exit codes, stable since the first release.
const (
	exitDamaged = 1 // worked, with damaged or unreadable parts
	exitUsage   = 2 // nothing could be analysed, or bad usage
)

// damaged is returned by a command that worked with parts it could not read;
// the parts were named on standard error already.
var errDamaged = errors.New("some parts could not be read")

type cli struct {
	Serve    serveCmd    `cmd:"" help:"Run the hub: remember, show, and let a team work on it."`
	Demo     demoCmd     `cmd:"" help:"A simulated hospital in the browser: see what Ward does, with nothing real."`
	Analyze  analyzeCmd  `cmd:"" help:"Read captures or logs and tell what is there, what is wrong and what to do first."`
	Explain  explainCmd  `cmd:"" help:"Show why: the chain from rank to factor to claim to file, frame and date."`
	Feeds    feedsCmd    `cmd:"" help:"Keep the vulnerability feeds fresh, with internet or without."`
	Simulate simulateCmd `cmd:"" help:"Write the capture of a simulated hospital, with its ground truth."`
	Backup   backupCmd   `cmd:"" help:"Write everything the hub remembers into one encrypted file."`
	Restore  restoreCmd  `cmd:"" help:"Make a data folder of a backup."`
	Doctor   doctorCmd   `cmd:"" help:"Examine store, feeds, disk and certificates, and say what to do."`
	Audit    auditCmd    `cmd:"" help:"Verify the audit trail."`
	People   peopleCmd   `cmd:"" help:"Help people who cannot sign in any more."`
	Version  versionCmd  `cmd:"" help:"Print the version."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	go func() {
		<-ctx.Done()
		stop() // the first Ctrl-C asks for the result so far, the second ends at once
	}()
	os.Exit(run(ctx, os.Args[1:]))
}

// run parses the command line and runs one subcommand.
func run(ctx context.Context, args []string) int {
	var c cli
	parser, err := kong.New(&c,
		kong.Name("ward"),
		kong.Description("See, rank and mend connected medical devices. Passive: no frame is ever sent; no patient data is kept."),
		kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 80}),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err != nil {
		panic(err) // the command line of the program itself is wrong
	}
	parser.Exit = os.Exit
	if len(args) == 0 {
		args = []string{"--help"}
	}
	command, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(os.Stderr, "ward: %v\n%s\n", err, "hint: ward --help lists the commands, ward COMMAND --help their options")
		return exitUsage
	}
	err = command.Run()
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errDamaged):
		return exitDamaged
	}
	fmt.Fprintf(os.Stderr, "ward: %v\n", err)
	return exitUsage
}
