using System.Runtime.InteropServices;
using System.Text;

namespace Weir.Net.Rights;

/// <summary>A user of this machine, and the way to become it for good.</summary>
public sealed unsafe class ProcessUser
{
    private readonly byte[] _name;

    private ProcessUser(string name, uint id, uint group)
    {
        _name = Encoding.UTF8.GetBytes(name + "\0");
        Name = name;
        Id = id;
        Group = group;
    }

    /// <summary>Whether this process may do everything now.</summary>
    public static bool IsRoot => RightsCalls.geteuid() == 0;

    /// <summary>The number of the user that this process is now.</summary>
    public static uint CurrentId => RightsCalls.geteuid();

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The number.</summary>
    public uint Id { get; }

    /// <summary>The number of its own group.</summary>
    public uint Group { get; }

    /// <summary>Looks a user up by name; null when there is none. Not for two threads at once: the C library has one answer.</summary>
    public static ProcessUser? Find(string name)
    {
        fixed (byte* raw = Encoding.UTF8.GetBytes(name + "\0"))
        {
            PasswordEntry* entry = (PasswordEntry*)RightsCalls.getpwnam(raw);
            return entry is null ? null : new ProcessUser(name, entry->User, entry->Group);
        }
    }

    /// <summary>
    /// Takes the user's groups, group and number, in this order and in every thread, and lets nothing bring the old rights back. 0, or
    /// the error number of the step that failed: the process must then end, because it may be half changed.
    /// </summary>
    public int Become()
    {
        fixed (byte* name = _name)
        {
            if (RightsCalls.initgroups(name, Group) != 0 || RightsCalls.setgid(Group) != 0 || RightsCalls.setuid(Id) != 0)
            {
                return Marshal.GetLastSystemError();
            }
        }

        // Keys are in this memory: no core file, and no debugger of the same user.
        _ = RightsCalls.prctl(RightsCalls.SetDumpable, 0, 0, 0, 0);

        // A user other than root that can become root again has given up nothing.
        const int NotPermitted = 1;
        return Id != 0 && RightsCalls.setuid(0) == 0 ? NotPermitted : 0;
    }

    /// <summary>
    /// Gives a file or directory to this user; a symbolic link itself, not what it points to. 0, or the error number.
    /// </summary>
    public int Own(string path)
    {
        fixed (byte* raw = Encoding.UTF8.GetBytes(path + "\0"))
        {
            return RightsCalls.lchown(raw, Id, Group) == 0 ? 0 : Marshal.GetLastSystemError();
        }
    }

    /// <summary>
    /// Makes this thread, and all that it starts, unable to gain rights by running a file (no_new_privs). Threads that run already are
    /// not changed, so this comes first.
    /// </summary>
    public static void GainNothing() => _ = RightsCalls.prctl(RightsCalls.SetNoNewPrivileges, 1, 0, 0, 0);

    /// <summary>Whether this process may write to a path (access(2), for the user that it was started as).</summary>
    public static bool CanWrite(string path)
    {
        const int Write = 2;
        fixed (byte* raw = Encoding.UTF8.GetBytes(path + "\0"))
        {
            return RightsCalls.access(raw, Write) == 0;
        }
    }

    // struct passwd begins so on every Linux.
    [StructLayout(LayoutKind.Sequential)]
    private struct PasswordEntry
    {
        public nint Name;
        public nint Password;
        public uint User;
        public uint Group;
    }
}
