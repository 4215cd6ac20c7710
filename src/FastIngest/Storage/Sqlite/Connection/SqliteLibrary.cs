using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace FastIngest.Storage.Sqlite.Connection;

/// <summary>
/// Loads SQLite once. The native binary has the library linked in and needs no lookup. A managed build imports
/// <c>e_sqlite3</c>, which exists only in packages that bring their own SQLite; it is resolved to the system's library instead.
/// </summary>
internal static class SqliteLibrary
{
    /// <summary>The name under which the provider and <see cref="SqliteNative"/> import SQLite.</summary>
    public const string Name = "e_sqlite3";

    private static readonly string[] SystemNames = ["libsqlite3.so.0", "libsqlite3.dylib", "winsqlite3", "sqlite3"];

    private static readonly Lazy<int> Loaded = new(() =>
    {
        NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Resolve);
        NativeLibrary.SetDllImportResolver(typeof(SqliteLibrary).Assembly, Resolve);
        try
        {
            raw.SetProvider(new SQLite3Provider_e_sqlite3());
            return raw.sqlite3_libversion_number();
        }
        catch (DllNotFoundException e)
        {
            throw new IngestException(
                "The SQLite library was not found.", "Install libsqlite3 (Debian and Ubuntu: apt-get install libsqlite3-0), or use the native binary.", e);
        }
    });

    /// <summary>Loads SQLite if it is not loaded yet.</summary>
    /// <exception cref="IngestException">SQLite is not installed, or it is too old.</exception>
    public static void Load()
    {
        const int UpsertVersion = 3024000;
        if (Loaded.Value < UpsertVersion)
        {
            throw new IngestException("The SQLite library is older than 3.24.", "Install a newer libsqlite3, or use the native binary.");
        }
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        if (name == Name && !NativeLibrary.TryLoad(Name, assembly, searchPath, out nint library))
        {
            foreach (string systemName in SystemNames)
            {
                if (NativeLibrary.TryLoad(systemName, out library))
                {
                    return library;
                }
            }
        }
        else
        {
            library = 0;
        }

        return library;
    }
}
