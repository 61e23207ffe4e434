// Indonesian for charts. Plotly takes up waiting locales when its own script arrives; where it is here, it is told.
const plotlyLocaleId = {
  moduleType: "locale",
  name: "id",
  dictionary: {
    "Autoscale": "Skala otomatis",
    "Download plot": "Unduh gambar",
    "Download plot as a PNG": "Unduh gambar PNG",
    "Download plot as a png": "Unduh gambar PNG",
    "Pan": "Geser",
    "Reset axes": "Kembalikan sumbu",
    "Zoom": "Perbesar",
    "Taking snapshot - this may take a few seconds": "Membuat gambar, mohon tunggu",
    "Image download succeeded": "Gambar terunduh",
    "Sorry, there was a problem downloading your image!": "Gambar gagal diunduh",
    "Double-click to zoom back out": "Klik dua kali untuk kembali",
    "lower fence:": "batas bawah:",
    "upper fence:": "batas atas:",
    "max:": "maks:",
    "median:": "median:",
    "min:": "min:",
  },
  format: {
    days: ["Minggu", "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu"],
    shortDays: ["Min", "Sen", "Sel", "Rab", "Kam", "Jum", "Sab"],
    months: [
      "Januari", "Februari", "Maret", "April", "Mei", "Juni",
      "Juli", "Agustus", "September", "Oktober", "November", "Desember",
    ],
    shortMonths: ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"],
    periods: ["AM", "PM"],
    dateTime: "%A, %e %B %Y %H.%M",
    date: "%d/%m/%Y",
    time: "%H.%M",
    decimal: ",",
    thousands: ".",
    year: "%Y",
    month: "%b %Y",
    dayMonth: "%e %b",
    dayMonthYear: "%e %b %Y",
  },
};

if (window.Plotly?.register) window.Plotly.register(plotlyLocaleId);
else (window.PlotlyLocales ??= []).push(plotlyLocaleId);
