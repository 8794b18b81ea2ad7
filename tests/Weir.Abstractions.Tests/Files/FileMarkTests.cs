using Weir.Abstractions.Files;

namespace Weir.Abstractions.Tests.Files;

public sealed class FileMarkTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-marks-").FullName;
    private readonly string _file;

    public FileMarkTests()
    {
        _file = Path.Combine(_folder, "list.txt");
        File.WriteAllText(_file, "10.0.0.1");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_file_that_stays_has_the_same_mark()
    {
        FileMark mark = FileMark.Of(_file);
        mark.Length.ShouldBe(8);
        (DateTime.UnixEpoch + TimeSpan.FromTicks(mark.WrittenNs / 100)).ShouldBe(File.GetLastWriteTimeUtc(_file));
        FileMark.Of(_file).ShouldBe(mark);
    }

    [Fact]
    public void Content_of_the_same_length_written_at_the_same_time_is_another()
    {
        DateTime written = DateTime.UnixEpoch.AddYears(50);
        File.SetLastWriteTimeUtc(_file, written);
        FileMark mark = FileMark.Of(_file);

        // Kernels keep the time of a change in steps of some milliseconds.
        SpinWait.SpinUntil(() => Rewrite(written) != mark, TimeSpan.FromSeconds(5)).ShouldBeTrue();
        FileMark after = FileMark.Of(_file);
        (after.Length, after.WrittenNs, after.Inode).ShouldBe((mark.Length, mark.WrittenNs, mark.Inode));
    }

    [Fact]
    public void A_file_that_takes_the_place_of_another_is_another()
    {
        string beside = Path.Combine(_folder, "beside");
        File.WriteAllText(beside, "10.0.0.2");
        FileMark mark = FileMark.Of(_file);
        File.SetLastWriteTimeUtc(beside, File.GetLastWriteTimeUtc(_file));
        File.Move(beside, _file, overwrite: true);
        FileMark.Of(_file).Inode.ShouldNotBe(mark.Inode);
    }

    [Fact]
    public void A_link_is_what_it_points_to()
    {
        string other = Path.Combine(_folder, "other");
        string link = Path.Combine(_folder, "link");
        File.WriteAllText(other, "10.0.0.2");
        File.CreateSymbolicLink(link, _file);
        FileMark.Of(link).ShouldBe(FileMark.Of(_file));
        File.Delete(link);
        File.CreateSymbolicLink(link, other);
        FileMark.Of(link).ShouldBe(FileMark.Of(other));
    }

    [Fact]
    public void What_is_no_file_does_not_exist()
    {
        FileMark.Of(_folder).Exists.ShouldBeFalse();
        FileMark.Of(Path.Combine(_folder, "none")).Exists.ShouldBeFalse();
        FileMark.Of("/dev/null").Exists.ShouldBeFalse();
    }

    private FileMark Rewrite(DateTime written)
    {
        File.WriteAllText(_file, "10.0.0.2");
        File.SetLastWriteTimeUtc(_file, written);
        return FileMark.Of(_file);
    }
}
