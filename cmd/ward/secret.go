package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"filippo.io/age"
	"golang.org/x/term"
)

// minPassphrase is the shortest passphrase of a backup, in bytes [E].
const minPassphrase = 12

// readPassphrase asks on the terminal, twice for a new one. Else it is the first
// line of standard input. It never stands on the command line, where others see it.
func readPassphrase(again bool) (string, error) {
	in := int(os.Stdin.Fd())
	if !term.IsTerminal(in) {
		line, err := bufio.NewReader(io.LimitReader(os.Stdin, 4096)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", err
		}
		return strings.TrimRight(line, "\r\n"), nil
	}
	ask := func(text string) (string, error) {
		fmt.Fprint(os.Stderr, text)
		b, err := term.ReadPassword(in)
		fmt.Fprintln(os.Stderr)
		return string(b), err
	}
	first, err := ask("Passphrase: ")
	if err != nil || !again {
		return first, err
	}
	second, err := ask("Again: ")
	if err == nil && first != second {
		err = errors.New("the two passphrases differ\nhint: run the command again")
	}
	return first, err
}

// identitiesOf reads secret keys from a file as age-keygen writes it.
func identitiesOf(file string) ([]age.Identity, error) {
	if strings.HasPrefix(strings.ToUpper(file), "AGE-SECRET-KEY-") {
		return nil, errors.New("--identity wants the file that holds the key: on the command line others could read it")
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("%w\nhint: --identity FILE is the file with the line that begins with AGE-SECRET-KEY", err)
	}
	defer f.Close()
	ids, err := age.ParseIdentities(io.LimitReader(f, 1<<20))
	if err != nil {
		return nil, fmt.Errorf("%s holds no key of age\nhint: --identity FILE is the file with the line AGE-SECRET-KEY-..., as age-keygen wrote it", printable(file))
	}
	return ids, nil
}
