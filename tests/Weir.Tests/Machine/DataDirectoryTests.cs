using Weir.Machine;
using Weir.Telemetry.Events;

namespace Weir.Tests.Machine;

public sealed class DataDirectoryTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weir-data-");

    [Fact]
    public void A_missing_directory_is_made_for_its_user_alone()
    {
        string path = Path.Combine(_folder.FullName, "state");

        DataDirectory.TryPrepare(path, WeirLog.Silent).ShouldBeTrue();

        File.GetUnixFileMode(path).ShouldBe(Private);
    }

    [Fact]
    public void A_directory_that_others_can_enter_is_closed()
    {
        _folder.UnixFileMode = Private | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

        DataDirectory.TryPrepare(_folder.FullName, WeirLog.Silent).ShouldBeTrue();

        File.GetUnixFileMode(_folder.FullName).ShouldBe(Private);
    }

    [Fact]
    public void A_file_in_its_place_is_no_directory()
    {
        string path = Path.Combine(_folder.FullName, "file");
        File.WriteAllText(path, "");

        DataDirectory.TryPrepare(path, WeirLog.Silent).ShouldBeFalse();
    }

    [Fact]
    public void A_file_with_a_secret_is_its_user_s_alone_also_where_it_was_not()
    {
        string path = Path.Combine(_folder.FullName, "key");
        File.WriteAllText(path, "old and longer");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);

        using (FileStream file = DataDirectory.CreateFile(path))
        {
            file.Write("new"u8);
        }

        File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.ReadAllText(path).ShouldBe("new");
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
