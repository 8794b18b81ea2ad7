using System.Collections.Frozen;
using System.Text;

namespace Weir.Modules.AuthBasic;

/// <summary>Users and their hashed passwords, as a file lists them. Immutable.</summary>
internal sealed class UserTable
{
    private const int MostUserOctets = 255;

    private readonly FrozenDictionary<string, User> _users;

    private UserTable(FrozenDictionary<string, User> users, string dummy)
    {
        _users = users;
        Dummy = dummy;
    }

    /// <summary>
    /// A hash of the kind that takes longest in the file: what is asked of a name that nobody has is hashed for it, and so takes as long.
    /// </summary>
    public string Dummy { get; }

    /// <summary>How many there are.</summary>
    public int Count => _users.Count;

    /// <summary>The user of a name; null: there is none.</summary>
    public User? Find(string name) => _users.GetValueOrDefault(name);

    /// <summary>Reads USER:HASH a line; # begins a comment line.</summary>
    public static UserTable Parse(byte[] octets, List<string> mistakes)
    {
        Dictionary<string, User> users = new(StringComparer.Ordinal);
        string dummy = "";
        string[] lines = Encoding.UTF8.GetString(octets).Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].Trim();
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            // Some programs put more behind a second colon.
            string[] parts = line.Split(':');
            string? problem = parts.Length < 2 || parts[0].Length == 0 || Encoding.UTF8.GetByteCount(parts[0]) > MostUserOctets
                ? "there is no USER:HASH in it"
                : PasswordHash.ProblemOf(parts[1]);
            problem ??= users.TryAdd(parts[0], new User(parts[0], Encoding.UTF8.GetBytes(parts[0]), parts[1])) ? null : "its user has a line already";
            if (problem is not null)
            {
                mistakes.Add($"Line {i + 1} cannot be used: {problem}.");
            }
            else if (PasswordHash.CostOf(parts[1]) > PasswordHash.CostOf(dummy))
            {
                dummy = parts[1];
            }
        }

        if (users.Count == 0 && mistakes.Count == 0)
        {
            mistakes.Add("No user is listed.");
        }

        return new UserTable(users.ToFrozenDictionary(StringComparer.Ordinal), dummy);
    }

    /// <summary>A user.</summary>
    internal sealed record User(string Name, byte[] NameOctets, string Hash);
}
