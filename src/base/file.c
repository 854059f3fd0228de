/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/file.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "base/memory.h"

/* `path: cannot be WHAT: reason`; always false. */
static bool fail(struct error *error, const char *path, const char *what,
                 int reason)
{
    struct place place = { .file = path };

    return error_add(error, ERROR_IO, &place, NULL, "cannot be %s: %s", what,
                     strerror(reason));
}

bool file_read(const char *path, size_t limit, struct text *out,
               struct error *error)
{
    struct place place = { .file = path };
    size_t left = limit;
    char chunk[1 << 14];
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = -1;
    bool ok = false;

    if (descriptor < 0)
        return fail(error, path, "read", errno);
    text_add(out, "");
    while ((got = read(descriptor, chunk, sizeof chunk)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            fail(error, path, "read", errno);
            goto done;
        }
        if ((size_t)got > left) {
            error_add(error, ERROR_IO, &place, NULL,
                      "cannot be read: larger than %zu bytes", limit);
            goto done;
        }
        left -= (size_t)got;
        text_add_bytes(out, chunk, (size_t)got);
    }
    ok = true;
done:
    close(descriptor);
    if (!ok)
        text_clear(out);
    return ok;
}

/* Makes a rename in the directory of PATH survive a power cut. */
static bool synchronise_directory(const char *path, struct error *error)
{
    char *directory = file_folder(path);
    int descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = descriptor >= 0 && (fsync(descriptor) == 0 || errno == EINVAL);

    if (!ok)
        fail(error, directory, "synchronised", errno);
    if (descriptor >= 0)
        close(descriptor);
    free(directory);
    return ok;
}

/*
 * Opens the partial file, empty and locked.  What a killed process left there
 * is taken over; what a living one writes, or has just renamed away between
 * our open and our lock, is not touched.
 */
static int open_partial(const char *partial)
{
    struct stat ours, named;
    int descriptor =
        open(partial, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);

    if (descriptor < 0)
        return -1;
    if ((flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) ||
        fstat(descriptor, &ours) != 0 || stat(partial, &named) != 0 ||
        ours.st_ino != named.st_ino || ours.st_dev != named.st_dev) {
        close(descriptor);
        errno = EBUSY;
        return -1;
    }
    if (ftruncate(descriptor, 0) != 0) {
        close(descriptor);
        return -1;
    }
    return descriptor;
}

/* A device or pipe must be written itself, never replaced by a file. */
static bool is_special(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && !S_ISREG(status.st_mode) &&
           !S_ISDIR(status.st_mode);
}

bool file_open(struct file *file, const char *path, struct error *error)
{
    struct text partial = { 0 };
    struct stat status;
    int descriptor;

    *file = (struct file){ 0 };
    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
        return fail(error, path, "written", EISDIR);
    if (is_special(path)) {
        descriptor = open(path, O_WRONLY | O_CLOEXEC);
    } else {
        text_add_format(&partial, "%s.partial", path);
        file->partial = text_take(&partial);
        descriptor = open_partial(file->partial);
    }
    if (descriptor < 0) {
        fail(error, path, "written", errno);
        free(file->partial);
        *file = (struct file){ 0 };
        return false;
    }
    file->path = memory_copy_text(path);
    file->stream = fdopen(descriptor, "w");
    assert(file->stream != NULL);
    return true;
}

/*
 * Flushes and synchronises; returns errno's value of what went wrong, or 0.
 * The C library forgets the reason of an earlier failed write, so that one
 * byte more is written to a file that is lost anyway, to hear it again.
 */
static int settle(const struct file *file)
{
    int descriptor = fileno(file->stream);

    if (fflush(file->stream) != 0)
        return errno;
    if (ferror(file->stream))
        return write(descriptor, "", 1) < 0 ? errno : EIO;
    if (file->partial != NULL && fsync(descriptor) != 0)
        return errno;
    return 0;
}

bool file_finish(struct file *file, struct error *error)
{
    int reason = settle(file);
    bool ok = false;

    if (reason == 0 && file->partial != NULL &&
        rename(file->partial, file->path) != 0)
        reason = errno;
    if (fclose(file->stream) != 0 && reason == 0)
        reason = errno;
    file->stream = NULL;
    if (reason != 0) {
        fail(error, file->path, "written", reason);
        goto done;
    }
    ok = file->partial == NULL || synchronise_directory(file->path, error);
    free(file->partial); /* renamed, so nothing is left to remove */
    file->partial = NULL;
done:
    file_abandon(file);
    return ok;
}

void file_abandon(struct file *file)
{
    if (file->stream != NULL)
        fclose(file->stream);
    if (file->partial != NULL)
        unlink(file->partial);
    free(file->partial);
    free(file->path);
    *file = (struct file){ 0 };
}

bool file_write(const char *path, const void *data, size_t size,
                struct error *error)
{
    struct file file;

    if (!file_open(&file, path, error))
        return false;
    fwrite(data, 1, size, file.stream);
    return file_finish(&file, error);
}

bool file_is_same(const char *a, const char *b)
{
    struct stat x, y;

    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev &&
           x.st_ino == y.st_ino;
}

bool file_exists(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0;
}

static bool make_directory(const char *path, struct error *error)
{
    struct stat status;

    if (mkdir(path, 0777) == 0)
        return true;
    if (errno != EEXIST)
        return fail(error, path, "made", errno);
    if (stat(path, &status) != 0)
        return fail(error, path, "made", errno);
    return S_ISDIR(status.st_mode) || fail(error, path, "made", ENOTDIR);
}

bool file_make_directories(const char *path, struct error *error)
{
    char *prefix = memory_copy_text(path);
    bool ok = true;

    for (char *slash = strchr(prefix, '/'); ok && slash != NULL;
         slash = strchr(slash + 1, '/')) {
        if (slash == prefix)
            continue;
        *slash = '\0';
        ok = make_directory(prefix, error);
        *slash = '/';
    }
    ok = ok && make_directory(prefix, error);
    free(prefix);
    return ok;
}

bool file_rename(const char *from, const char *to, struct error *error)
{
    struct place place = { .file = from };

    if (rename(from, to) != 0)
        return error_add(error, ERROR_IO, &place, NULL,
                         "cannot be renamed to %s: %s", to, strerror(errno));
    return synchronise_directory(to, error);
}

bool file_remove_tree(const char *path, struct error *error)
{
    struct stat status;
    char **names = NULL;
    bool ok = true;

    if (lstat(path, &status) != 0)
        return errno == ENOENT || fail(error, path, "removed", errno);
    if (!S_ISDIR(status.st_mode))
        return unlink(path) == 0 || fail(error, path, "removed", errno);
    if (!file_names(path, &names, error))
        return false;
    for (size_t i = 0; ok && names[i] != NULL; i++) {
        char *child = file_join(path, names[i]);

        ok = file_remove_tree(child, error);
        free(child);
    }
    file_free_names(names);
    return ok && (rmdir(path) == 0 || fail(error, path, "removed", errno));
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

bool file_names(const char *path, char ***names, struct error *error)
{
    DIR *directory = opendir(path);
    struct dirent *entry;
    size_t count = 0;

    *names = NULL;
    if (directory == NULL)
        return fail(error, path, "listed", errno);
    *names = memory_new(1, sizeof **names);
    while (errno = 0, (entry = readdir(directory)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        *names = memory_resize(*names, count + 2, sizeof **names);
        (*names)[count++] = memory_copy_text(entry->d_name);
        (*names)[count] = NULL;
    }
    if (errno != 0) {
        fail(error, path, "listed", errno);
        file_free_names(*names);
        *names = NULL;
    }
    closedir(directory);
    if (*names == NULL)
        return false;
    qsort(*names, count, sizeof **names, compare_names);
    return true;
}

void file_free_names(char **names)
{
    for (size_t i = 0; names != NULL && names[i] != NULL; i++)
        free(names[i]);
    free(names);
}

char *file_join(const char *directory, const char *name)
{
    size_t length = strlen(directory);
    bool bare = length == 0 || directory[length - 1] == '/';
    struct text path = { 0 };

    text_add_format(&path, "%s%s%s", directory, bare ? "" : "/", name);
    return text_take(&path);
}

char *file_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *directory;

    if (slash == NULL)
        return memory_copy_text(".");
    if (slash == path)
        return memory_copy_text("/");
    directory = memory_copy_text(path);
    directory[slash - path] = '\0';
    return directory;
}

bool file_lock(const char *path, int *descriptor, struct error *error)
{
    struct place place = { .file = path };
    char holder[128] = "";

    *descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (*descriptor < 0)
        return fail(error, path, "locked", errno);
    if (flock(*descriptor, LOCK_EX | LOCK_NB) == 0) {
        if (gethostname(holder, sizeof holder - 1) != 0)
            strcpy(holder, "this host");
        if (ftruncate(*descriptor, 0) == 0)
            dprintf(*descriptor, "process %ld on %s\n", (long)getpid(), holder);
        return true;
    }
    if (errno != EWOULDBLOCK) {
        fail(error, path, "locked", errno);
    } else {
        ssize_t got = pread(*descriptor, holder, sizeof holder - 1, 0);

        holder[got > 0 ? got : 0] = '\0';
        holder[strcspn(holder, "\n")] = '\0';
        error_add(error, ERROR_STOPPED, &place, NULL, "locked by %s",
                  holder[0] != '\0' ? holder : "another process");
    }
    close(*descriptor);
    *descriptor = -1;
    return false;
}

void file_unlock(int descriptor)
{
    close(descriptor);
}

uint64_t checksum(const void *data, size_t size)
{
    return XXH3_64bits(data, size);
}

void checksum_text(uint64_t sum, char hex[17])
{
    snprintf(hex, 17, "%016llx", (unsigned long long)sum);
}
