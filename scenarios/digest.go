package scenarios

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"io"
)

// digest is a hash over everything that a run depends on. The names of files do
// not enter it: a scenario that moves stays the same.
type digest struct {
	words hash.Hash // what the command line changed
	files []*hashed
}

// hashed is a file whose bytes are hashed as they are read.
type hashed struct {
	isDocuments bool // it holds documents, not data
	name        string
	reader      io.Reader
	hash        hash.Hash
}

func newDigest() *digest { return &digest{words: sha256.New()} }

// reader returns r with its bytes entering the digest.
func (d *digest) reader(name string, r io.Reader) io.Reader {
	f := &hashed{name: name, reader: r, hash: sha256.New()}
	d.files = append(d.files, f)
	return f
}

// documents is reader for a file of documents.
func (d *digest) documents(name string, r io.Reader) io.Reader {
	out := d.reader(name, r)
	d.files[len(d.files)-1].isDocuments = true
	return out
}

func (f *hashed) Read(b []byte) (int, error) {
	n, err := f.reader.Read(b)
	f.hash.Write(b[:n])
	return n, err
}

// add takes in words of the command line.
func (d *digest) add(words ...string) { addWords(d.words, words...) }

// addWords takes in words so that no others can be mistaken for them.
func addWords(h hash.Hash, words ...string) {
	for _, word := range words {
		addNumber(h, uint64(len(word)))
		h.Write([]byte(word))
	}
}

func addNumber(h hash.Hash, n uint64) {
	var bytes [8]byte
	binary.BigEndian.PutUint64(bytes[:], n)
	h.Write(bytes[:])
}

// sum returns the files with their digests and the digest of everything.
func (d *digest) sum() ([]InputFile, string) {
	all := sha256.New()
	all.Write(d.words.Sum(nil))
	files := make([]InputFile, 0, len(d.files))
	for _, f := range d.files {
		sum := f.hash.Sum(nil)
		all.Write(sum)
		files = append(files, InputFile{f.name, hex.EncodeToString(sum)})
	}
	return files, hex.EncodeToString(all.Sum(nil))
}
