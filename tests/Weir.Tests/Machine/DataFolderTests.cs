using Weir.Machine;
using Weir.Telemetry.Events;

namespace Weir.Tests.Machine;

public sealed class DataFolderTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weir-data-");

    [Fact]
    public void A_missing_directory_is_made_for_its_user_alone()
    {
        string path = Path.Combine(_folder.FullName, "state");

        DataFolder.TryPrepare(path, WeirLog.Silent).ShouldBeTrue();

        File.GetUnixFileMode(path).ShouldBe(Private);
    }

    [Fact]
    public void A_directory_that_others_can_enter_is_closed()
    {
        _folder.UnixFileMode = Private | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

        DataFolder.TryPrepare(_folder.FullName, WeirLog.Silent).ShouldBeTrue();

        File.GetUnixFileMode(_folder.FullName).ShouldBe(Private);
    }

    [Fact]
    public void A_file_in_its_place_is_no_directory()
    {
        string path = Path.Combine(_folder.FullName, "file");
        File.WriteAllText(path, "");

        DataFolder.TryPrepare(path, WeirLog.Silent).ShouldBeFalse();
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
